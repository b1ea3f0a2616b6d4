<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Vefa\WooCommerce\Checkout;
use Vefa\WooCommerce\Settings;

final class CheckoutTest extends TestCase
{
    private const HOOKS = array(
        'woocommerce_checkout_create_order',
        'woocommerce_store_api_checkout_update_order_from_request',
    );

    protected function setUp(): void
    {
        Shop::reset();
        (new Checkout())->register();
    }

    /**
     * Let WooCommerce make an order, and return what was kept with it.
     *
     * @param array<string, mixed>         $meta
     * @param list<WC_Order_Item_Shipping> $shipping
     *
     * @return array<string, mixed>
     */
    private static function kept(array $meta, array $shipping = array(), string $hook = self::HOOKS[0]): array
    {
        $order = new WC_Order(12, $meta, $shipping);
        Shop::call($hook, $order, array());
        self::assertSame(0, $order->saved, 'WooCommerce itself stores the order');

        return array_diff_key($order->meta, $meta);
    }

    /**
     * @dataProvider dates
     *
     * @param array<string, mixed> $meta
     */
    public function test_the_date_of_a_known_plugin_is_kept(array $meta, string $day, ?string $words): void
    {
        $expected = array(Checkout::DATE => $day);
        $expected += $words === null ? array() : array(Checkout::TEXT => $words);
        foreach (self::HOOKS as $hook) {
            self::assertSame($expected, self::kept($meta, array(), $hook));
        }
    }

    /**
     * @return list<array{0: array<string, mixed>, 1: string, 2: ?string}>
     */
    public function dates(): array
    {
        return array(
            array(array('jckwds_date_ymd' => '20261130', 'jckwds_date' => '30 Kasım'), '2026-11-30', '30 Kasım'),
            array(array('jckwds_date_ymd' => '20261130'), '2026-11-30', null),
            array(
                array('pi_system_delivery_date' => '2026/11/30', 'pi_delivery_date' => 'Mon, 30 Nov'),
                '2026-11-30',
                'Mon, 30 Nov',
            ),
            array(array('ywcdd_order_delivery_date' => '2026-11-30'), '2026-11-30', '2026-11-30'),
            array(array('_delivery_date' => '2026-11-30'), '2026-11-30', '2026-11-30'),
            array(array('delivery_date' => '۱۴۰۵/۰۹/۰۹'), '2026-11-30', '۱۴۰۵/۰۹/۰۹'),
            array(array('_orddd_timestamp' => '1780012800'), '2026-05-29', null),
            array(array('_orddd_lite_timestamp' => 1780012800), '2026-05-29', null),
        );
    }

    public function test_the_named_field_comes_first_be_it_stored_or_posted(): void
    {
        (new Settings('', '', '', 'when'))->save();
        $known = array('_delivery_date' => '2026-11-30');
        self::assertSame('2026-12-01', self::kept($known + array('when' => '2026-12-01'))[Checkout::DATE]);
        self::assertSame('2026-11-30', self::kept($known)[Checkout::DATE]);
        $_POST['when'] = '2.12.2026';
        self::assertSame(
            array(Checkout::DATE => '2026-12-02', Checkout::TEXT => '2.12.2026'),
            self::kept($known)
        );
        $_POST['when'] = array('2026-12-03');
        self::assertSame('2026-11-30', self::kept($known)[Checkout::DATE]);
    }

    public function test_the_shop_may_name_the_date_by_a_filter(): void
    {
        add_filter('vefa_deliver_by', static fn ($day) => $day === '' ? '2026-12-05' : $day);
        self::assertSame(array(Checkout::DATE => '2026-12-05'), self::kept(array()));
        self::assertSame('2026-11-30', self::kept(array('_delivery_date' => '2026-11-30'))[Checkout::DATE]);
        Shop::reset();
        (new Checkout())->register();
        add_filter('vefa_deliver_by', static fn () => 'soon');
        self::assertSame(array(), self::kept(array('_delivery_date' => '2026-11-30')));
    }

    public function test_without_a_date_the_days_of_the_shipping_method_are_kept(): void
    {
        $courier = new WC_Order_Item_Shipping('flat_rate', 3, 'Yurtiçi Kargo (2–3 iş günü)');
        $post = new WC_Order_Item_Shipping('flat_rate', 4, 'PTT');
        self::assertSame(array(), self::kept(array(), array($courier)));
        Shop::$options['woocommerce_flat_rate_3_settings'] = array('vefa_promise_days' => '3');
        Shop::$options['woocommerce_flat_rate_4_settings'] = array('vefa_promise_days' => '5', 'title' => 'PTT');
        $days = array(Checkout::DAYS => '3', Checkout::TEXT => 'Yurtiçi Kargo (2–3 iş günü)');
        self::assertSame($days, self::kept(array(), array($courier)));
        $both = self::kept(array(), array($courier, $post));
        self::assertSame(array(Checkout::DAYS => '5', Checkout::TEXT => 'PTT'), $both);
        $dated = self::kept(array('_delivery_date' => '2026-11-30'), array($courier));
        self::assertArrayNotHasKey(Checkout::DAYS, $dated);
    }

    public function test_days_that_are_none_promise_nothing(): void
    {
        $courier = new WC_Order_Item_Shipping('flat_rate', 3, 'Courier');
        foreach (array('', '-1', '2.5', '366', 'three', array('3'), null, "3\n4") as $days) {
            Shop::$options['woocommerce_flat_rate_3_settings'] = array('vefa_promise_days' => $days);
            self::assertSame(array(), self::kept(array(), array($courier)));
        }
    }

    public function test_a_date_that_is_written_late_is_kept_and_stored_once(): void
    {
        $order = Shop::$orders[12] = new WC_Order(12, array(Checkout::DAYS => '3'));
        $order->meta['_delivery_date'] = '2026-11-30';
        Shop::call('woocommerce_checkout_order_processed', 12, array(), $order);
        $meta = array('_delivery_date' => '2026-11-30', Checkout::DATE => '2026-11-30');
        self::assertSame($meta + array(Checkout::TEXT => '2026-11-30'), $order->meta);
        Shop::call('woocommerce_store_api_checkout_order_processed', $order);
        Shop::call('woocommerce_checkout_order_processed', 12);
        self::assertSame(1, $order->saved);
    }

    public function test_every_shipping_method_gets_the_field_once(): void
    {
        $methods = array('flat_rate' => 'WC_Shipping_Flat_Rate', 'local' => 'WC_Local');
        self::assertSame($methods, Shop::call('woocommerce_shipping_methods', $methods));
        Shop::call('woocommerce_shipping_methods', $methods);
        foreach (array_keys($methods) as $name) {
            $hook = "woocommerce_shipping_instance_form_fields_{$name}";
            self::assertCount(1, Shop::$hooks[$hook]);
            $fields = Shop::call($hook, array('title' => array()));
            self::assertSame(array('title', 'vefa_promise_days'), array_keys($fields));
        }
    }
}
