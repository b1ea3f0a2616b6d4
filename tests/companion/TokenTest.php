<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Vefa\WooCommerce\Settings;
use Vefa\WooCommerce\Token;

final class TokenTest extends TestCase
{
    private const NOW = 1767225600;

    protected function setUp(): void
    {
        Shop::reset();
    }

    /**
     * @return array{0: array<string, mixed>, 1: array<string, mixed>} Header and claims.
     */
    private static function opened(string $token, string $secret): array
    {
        [$header, $claims, $signature] = explode('.', $token);
        $plain = static fn (string $part): string => (string) base64_decode(strtr($part, '-_', '+/'), true);
        self::assertSame(hash_hmac('sha256', "{$header}.{$claims}", $secret, true), $plain($signature));
        self::assertStringNotContainsString('=', $token);

        return array(json_decode($plain($header), true), json_decode($plain($claims), true));
    }

    private static function settings(): Settings
    {
        return new Settings('https://vefa.example', 'mercan', 'whsec_a+b/c==');
    }

    public function test_the_panel_is_opened_for_a_minute_by_the_secret_as_it_is_written(): void
    {
        $token = Token::panel(self::settings(), new WP_User(), self::NOW);
        [$header, $claims] = self::opened($token, 'whsec_a+b/c==');
        self::assertSame(array('alg' => 'HS256', 'typ' => 'JWT'), $header);
        self::assertMatchesRegularExpression('~^[0-9a-f]{32}$~', $claims['jti']);
        unset($claims['jti']);
        $expected = array(
            'iss' => 'https://shop.example',
            'aud' => 'https://vefa.example',
            'iat' => self::NOW,
            'exp' => self::NOW + 60,
            'sub' => '7',
            'email' => 'ayse@shop.example',
            'name' => 'Ayşe & Ali',
            'role' => 'owner',
            'locale' => 'tr_TR',
            'framed_by' => 'https://shop.example',
        );
        self::assertSame($expected, $claims);
    }

    /**
     * @dataProvider roles
     *
     * @param list<string> $roles
     */
    public function test_the_role_is_never_above_the_shops(array $roles, int $id, bool $many, string $role): void
    {
        Shop::$multisite = $many;
        $user = new WP_User();
        $user->ID = $id;
        $user->roles = $roles;
        $token = Token::panel(self::settings(), $user, self::NOW);
        self::assertSame($role, self::opened($token, 'whsec_a+b/c==')[1]['role']);
    }

    /**
     * @return list<array{0: list<string>, 1: int, 2: bool, 3: string}>
     */
    public function roles(): array
    {
        return array(
            array(array('administrator'), 7, false, 'owner'),
            array(array('shop_manager', 'administrator'), 7, false, 'owner'),
            array(array('shop_manager'), 7, false, 'manager'),
            array(array('support'), 7, false, 'agent'),
            array(array(), 7, true, 'agent'),
            array(array(), 1, true, 'owner'),
            array(array(), 1, false, 'agent'),
        );
    }

    public function test_no_two_tokens_are_alike(): void
    {
        $made = array();
        for ($turn = 0; $turn < 50; $turn++) {
            $made[] = Token::panel(self::settings(), new WP_User(), self::NOW);
        }
        self::assertCount(50, array_unique($made));
    }

    public function test_a_customer_is_led_to_one_order_for_a_quarter_of_an_hour(): void
    {
        $claims = self::opened(Token::problem(self::settings(), 12, self::NOW), 'whsec_a+b/c==')[1];
        unset($claims['jti']);
        $expected = array(
            'iss' => 'https://shop.example',
            'aud' => 'https://vefa.example',
            'iat' => self::NOW,
            'exp' => self::NOW + 900,
            'sub' => '12',
            'purpose' => 'problem',
            'locale' => 'fa_IR',
        );
        self::assertSame($expected, $claims);
    }

    /**
     * @dataProvider origins
     */
    public function test_an_origin_is_written_as_browsers_do(string $address, string $origin): void
    {
        self::assertSame($origin, Token::origin($address));
    }

    /**
     * @return list<array{0: string, 1: string}>
     */
    public function origins(): array
    {
        return array(
            array('https://Shop.example/wp-admin/', 'https://shop.example'),
            array('https://shop.example:443/wp-admin/', 'https://shop.example'),
            array('https://shop.example:8443/a/wp-admin/', 'https://shop.example:8443'),
            array('http://localhost:80/wp-admin/', 'http://localhost'),
            array('http://localhost:8080/wp-admin/', 'http://localhost:8080'),
        );
    }

    public function test_a_very_long_name_is_cut(): void
    {
        $user = new WP_User();
        $user->display_name = str_repeat('ş', 250);
        $claims = self::opened(Token::panel(self::settings(), $user, self::NOW), 'whsec_a+b/c==')[1];
        self::assertSame(str_repeat('ş', 200), $claims['name']);
    }

    public function test_a_name_that_is_not_utf8_still_makes_a_token(): void
    {
        $user = new WP_User();
        $user->display_name = "Ay\xFEe";
        $claims = self::opened(Token::panel(self::settings(), $user, self::NOW), 'whsec_a+b/c==')[1];
        self::assertSame("Ay\u{FFFD}e", $claims['name']);
    }
}
