<?php

/**
 * Days as delivery-date plugins write them.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * Reads one day out of what a checkout keeps; where two days could be meant, it reads none.
 */
final class Day
{
    private const DIGITS = array(
        '۰' => '0', '۱' => '1', '۲' => '2', '۳' => '3', '۴' => '4',
        '۵' => '5', '۶' => '6', '۷' => '7', '۸' => '8', '۹' => '9',
        '٠' => '0', '١' => '1', '٢' => '2', '٣' => '3', '٤' => '4',
        '٥' => '5', '٦' => '6', '٧' => '7', '٨' => '8', '٩' => '9',
    );
    private const EARLIEST_STAMP = 1000000000;
    private const LATEST_STAMP = 4000000000;

    /**
     * Return a day as YYYY-MM-DD, or null for what is no day.
     *
     * Read are: year first with any separator or none, also of the Iranian calendar; day first with dots or hyphens;
     * and seconds since 1970, which those plugins that use them count to the midnight of the day in UTC.
     *
     * @param mixed $written What stands in the order or was posted.
     */
    public static function read($written): ?string
    {
        if (!is_string($written) && !is_int($written)) {
            return null;
        }
        $text = trim(strtr((string) $written, self::DIGITS));
        if (preg_match('~^(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:$|[T ])~', $text, $part) === 1) {
            $whole = $part[2] !== '' || strlen($part[3] . $part[4]) === 4;

            return $whole ? self::day((int) $part[1], (int) $part[3], (int) $part[4]) : null;
        }
        if (preg_match('~^(\d{1,2})([-.])(\d{1,2})\2(\d{4})(?:$|[T ])~', $text, $part) === 1) {
            return self::day((int) $part[4], (int) $part[3], (int) $part[1]);
        }
        $stamp = ctype_digit($text) && strlen($text) === 10 ? (int) $text : 0;

        return self::EARLIEST_STAMP <= $stamp && $stamp <= self::LATEST_STAMP ? gmdate('Y-m-d', $stamp) : null;
    }

    private static function day(int $year, int $month, int $day): ?string
    {
        if ($year >= 1300 && $year < 1500) {
            return self::iranian($year, $month, $day);
        }
        $known = $year >= 2000 && $year < 2200 && checkdate($month, $day, $year);

        return $known ? sprintf('%04d-%02d-%02d', $year, $month, $day) : null;
    }

    /**
     * Return the day of a date of the Iranian calendar.
     *
     * Its leap years are counted in cycles of 33 years, which agrees with the observed calendar for these centuries.
     */
    private static function iranian(int $year, int $month, int $day): ?string
    {
        $leap = in_array($year % 33, array(1, 5, 9, 13, 17, 22, 26, 30), true);
        $longest = $month <= 6 ? 31 : ($month <= 11 || $leap ? 30 : 29);
        if ($month < 1 || $month > 12 || $day < 1 || $day > $longest) {
            return null;
        }
        $passed = 0;
        for ($each = 1300; $each < $year; $each++) {
            $passed += in_array($each % 33, array(1, 5, 9, 13, 17, 22, 26, 30), true) ? 366 : 365;
        }
        $passed += $month <= 7 ? 31 * ($month - 1) : 186 + 30 * ($month - 7);
        $first = new \DateTimeImmutable('1921-03-21', new \DateTimeZone('UTC'));

        return $first->modify('+' . ($passed + $day - 1) . ' days')->format('Y-m-d');
    }
}
