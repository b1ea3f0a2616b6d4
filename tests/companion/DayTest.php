<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Vefa\WooCommerce\Day;

final class DayTest extends TestCase
{
    /**
     * @dataProvider days
     *
     * @param mixed $written
     */
    public function test_a_day_is_read_where_only_one_can_be_meant($written, ?string $day): void
    {
        self::assertSame($day, Day::read($written));
    }

    /**
     * @return list<array{0: mixed, 1: ?string}>
     */
    public function days(): array
    {
        return array(
            array('2026-11-30', '2026-11-30'),
            array(' 2026/11/30 ', '2026-11-30'),
            array('20261130', '2026-11-30'),
            array('2026-11-30T10:00:00+03:00', '2026-11-30'),
            array('2026-11-30 10:00', '2026-11-30'),
            array('30.11.2026', '2026-11-30'),
            array('30-11-2026', '2026-11-30'),
            array('1.2.2027', '2027-02-01'),
            array('1780012800', '2026-05-29'),
            array(1780012800, '2026-05-29'),
            array('۱۴۰۵/۰۹/۰۹', '2026-11-30'),
            array('1405-9-9', '2026-11-30'),
            array('14050909', '2026-11-30'),
            array('1403/12/30', '2025-03-20'),
            array('1404/12/30', null),
            array('11/30/2026', null),
            array('30/11/2026', null),
            array('2026-02-30', null),
            array('2026-13-01', null),
            array('2026-11/30', null),
            array('2026113', null),
            array('1999-12-31', null),
            array('2026-11-30x', null),
            array('tomorrow', null),
            array('', null),
            array(null, null),
            array(array('2026-11-30'), null),
            array(20.5, null),
            array('99999999999', null),
        );
    }
}
