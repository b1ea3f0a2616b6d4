<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Vefa\WooCommerce\Problem;
use Vefa\WooCommerce\Settings;

final class ProblemTest extends TestCase
{
    protected function setUp(): void
    {
        Shop::reset();
        Shop::$orders = array(12 => new WC_Order(12), 13 => new WC_Order(13));
        Shop::$user = new WP_User();
        Shop::$may = array('view_order:12');
        (new Settings('https://vefa.example', 'mercan', 'whsec_x'))->save();
        (new Problem())->register();
    }

    /**
     * @param mixed $which
     */
    private static function follow($which): string
    {
        $_GET = array('vefa_problem' => $which);
        try {
            Shop::call('template_redirect');
        } catch (Ended $end) {
            return $end->getMessage();
        }

        return 'nothing';
    }

    public function test_the_list_and_the_order_lead_to_the_same_place(): void
    {
        $actions = Shop::call('woocommerce_my_account_my_orders_actions', array('view' => array()), Shop::$orders[12]);
        $address = 'https://shop.example/myaccount/?vefa_problem=12';
        self::assertSame(array('url' => $address, 'name' => 'A problem with this order'), $actions['vefa_problem']);
        self::assertArrayHasKey('view', $actions);
        ob_start();
        Shop::call('woocommerce_view_order', 12);
        self::assertStringContainsString('href="' . $address . '"', (string) ob_get_clean());
    }

    public function test_ones_own_order_leads_to_vefa_with_a_token_made_at_that_moment(): void
    {
        $end = self::follow('12');
        self::assertStringStartsWith('303 https://vefa.example/vefa/c/mercan/woocommerce?token=ey', $end);
        self::assertNotSame($end, self::follow('12'));
    }

    public function test_another_persons_order_leads_nowhere(): void
    {
        foreach (array('13', '99', '', 'x', array('12'), '-13') as $which) {
            self::assertSame('302 https://shop.example/myaccount/', self::follow($which));
        }
        Shop::$user = null;
        self::assertSame('302 https://shop.example/myaccount/', self::follow('12'));
    }

    public function test_nothing_is_offered_that_leads_nowhere(): void
    {
        Shop::$orders[12]->status = 'checkout-draft';
        self::assertSame(array(), Shop::call('woocommerce_my_account_my_orders_actions', array(), Shop::$orders[12]));
        self::assertSame('302 https://shop.example/myaccount/', self::follow('12'));
        Shop::$orders[12]->status = 'completed';
        delete_option(Settings::OPTION);
        self::assertSame(array(), Shop::call('woocommerce_my_account_my_orders_actions', array(), Shop::$orders[12]));
        self::assertSame('302 https://shop.example/myaccount/', self::follow('12'));
        ob_start();
        Shop::call('woocommerce_view_order', 12);
        Shop::call('woocommerce_view_order', 99);
        self::assertSame('', ob_get_clean());
    }

    public function test_other_pages_are_left_alone(): void
    {
        self::assertNull(Shop::call('template_redirect'));
    }
}
