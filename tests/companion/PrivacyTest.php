<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Vefa\WooCommerce\Privacy;
use Vefa\WooCommerce\Settings;

final class PrivacyTest extends TestCase
{
    protected function setUp(): void
    {
        Shop::reset();
        Shop::$orders = array(12 => new WC_Order(12), 13 => new WC_Order(13));
        Shop::$user = new WP_User();
        (new Settings('https://vefa.example', 'mercan', 'whsec_&'))->save();
        (new Privacy())->register();
    }

    /**
     * @return array<string, mixed>
     */
    private static function run_tool(string $tool, string $email = 'ayse@shop.example'): array
    {
        $known = Shop::call("wp_privacy_personal_data_{$tool}", array('other' => array()));
        self::assertArrayHasKey('other', $known);

        return $known['vefa']['callback']($email, 1);
    }

    public function test_vefa_is_asked_before_woocommerce_forgets_the_orders(): void
    {
        self::assertLessThan(5, Shop::$hooks['wp_privacy_personal_data_erasers'][0][1]);
    }

    public function test_a_request_is_signed_over_its_very_bytes(): void
    {
        self::run_tool('erasers');
        [[$address, $request]] = Shop::$sent;
        self::assertSame('https://vefa.example/vefa/in/mercan/woocommerce', $address);
        self::assertSame(0, $request['redirection']);
        $signature = base64_encode(hash_hmac('sha256', $request['body'], 'whsec_&', true));
        self::assertSame($signature, $request['headers']['X-WC-Webhook-Signature']);
        self::assertSame('vefa.erasure_requested', $request['headers']['X-WC-Webhook-Topic']);
        $body = json_decode($request['body'], true);
        self::assertMatchesRegularExpression('~^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$~', $body['requested_at']);
        unset($body['requested_at']);
        $expected = array(
            'id' => wp_generate_uuid4(),
            'topic' => 'vefa.erasure_requested',
            'customer_id' => 7,
            'email' => 'ayse@shop.example',
            'order_ids' => array(12, 13),
        );
        self::assertSame($expected, $body);
        self::assertSame(array('ayse@shop.example', 7), Shop::$asked['customer']);
    }

    /**
     * @dataProvider answers
     *
     * @param mixed $answer
     */
    public function test_an_erasure_is_done_only_where_vefa_took_it($answer, bool $taken): void
    {
        Shop::$answer = $answer;
        $said = self::run_tool('erasers');
        self::assertSame(array($taken, !$taken), array($said['items_removed'], $said['items_retained']));
        self::assertTrue($said['done']);
        self::assertStringContainsString($taken ? 'has taken' : 'did not take', $said['messages'][0]);
    }

    /**
     * @return list<array{0: mixed, 1: bool}>
     */
    public function answers(): array
    {
        return array(
            array(200, true),
            array(202, false),
            array(301, false),
            array(401, false),
            array(503, false),
            array(new WP_Error(), false),
        );
    }

    public function test_a_copy_is_said_to_be_requested_and_no_more(): void
    {
        $value = static fn (): string => self::run_tool('exporters')['data'][0]['data'][0]['value'];
        self::assertSame('Requested from Vefa; the shop will send it to you.', $value());
        self::assertSame('vefa.data_requested', Shop::$sent[0][1]['headers']['X-WC-Webhook-Topic']);
        Shop::$answer = 500;
        self::assertStringContainsString('could not be asked', $value());
    }

    public function test_a_guest_is_known_by_the_orders(): void
    {
        self::run_tool('erasers', 'guest@example.com');
        $body = json_decode(Shop::$sent[0][1]['body'], true);
        self::assertSame(array(0, array(12, 13)), array($body['customer_id'], $body['order_ids']));
    }

    public function test_where_vefa_knows_nothing_nothing_is_sent(): void
    {
        Shop::$orders = array();
        $said = self::run_tool('erasers', 'guest@example.com');
        self::assertSame(array(false, false, array(), true), array_values($said));
        self::assertSame(array(), self::run_tool('exporters', 'guest@example.com')['data']);
        delete_option(Settings::OPTION);
        self::assertSame(array(false, false, array(), true), array_values(self::run_tool('erasers')));
        self::assertSame(array(), Shop::$sent);
    }
}
