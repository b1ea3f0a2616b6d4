<?php

/**
 * Signed tokens.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * Compact JSON Web Tokens, signed with HMAC-SHA256; the key is the secret's own text. Source: RFC 7515, RFC 7519.
 */
final class Token
{
    private const OPENS_FOR = 60;
    private const LEADS_FOR = 900;
    private const LONGEST_NAME = 200;
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;

    /**
     * Return a token that opens the panel for a member of the shop's staff; it is good for a minute, and once.
     */
    public static function panel(Settings $settings, \WP_User $user, int $now): string
    {
        $about = array(
            'sub' => (string) $user->ID,
            'email' => $user->user_email,
            'name' => mb_substr(wp_specialchars_decode($user->display_name, ENT_QUOTES), 0, self::LONGEST_NAME),
            'role' => self::role($user),
            'locale' => get_user_locale($user),
            'framed_by' => self::origin(admin_url()),
        );

        return self::sign(self::claims($settings, $now, self::OPENS_FOR) + $about, $settings->secret);
    }

    /**
     * Return a token that leads a customer to the page of one order; it is good for a quarter of an hour.
     */
    public static function problem(Settings $settings, int $order, int $now): string
    {
        $about = array('sub' => (string) $order, 'purpose' => 'problem', 'locale' => determine_locale());

        return self::sign(self::claims($settings, $now, self::LEADS_FOR) + $about, $settings->secret);
    }

    /**
     * Return claims as a signed token.
     *
     * @param array<string, mixed> $claims What the token says.
     */
    public static function sign(array $claims, string $secret): string
    {
        $header = array('alg' => 'HS256', 'typ' => 'JWT');
        $signed = self::encode(self::json($header)) . '.' . self::encode(self::json($claims));

        return $signed . '.' . self::encode(hash_hmac('sha256', $signed, $secret, true));
    }

    /**
     * Return the origin of an address as a browser writes it: without the port that its scheme has anyway.
     */
    public static function origin(string $address): string
    {
        $parts = wp_parse_url($address);
        $scheme = strtolower((string) ($parts['scheme'] ?? ''));
        $port = (int) ($parts['port'] ?? 0);
        $usual = array('http' => 80, 'https' => 443);
        $tail = $port !== 0 && $port !== ($usual[$scheme] ?? 0) ? ":{$port}" : '';

        return "{$scheme}://" . strtolower((string) ($parts['host'] ?? '')) . $tail;
    }

    /**
     * @return array<string, mixed>
     */
    private static function claims(Settings $settings, int $now, int $seconds): array
    {
        return array(
            'iss' => home_url(),
            'aud' => $settings->address,
            'iat' => $now,
            'exp' => $now + $seconds,
            'jti' => bin2hex(random_bytes(16)),
        );
    }

    private static function role(\WP_User $user): string
    {
        if (in_array('administrator', $user->roles, true) || (is_multisite() && is_super_admin($user->ID))) {
            return 'owner';
        }

        return in_array('shop_manager', $user->roles, true) ? 'manager' : 'agent';
    }

    /**
     * @param array<string, mixed> $document
     */
    private static function json(array $document): string
    {
        return (string) wp_json_encode($document, self::FLAGS);
    }

    private static function encode(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
