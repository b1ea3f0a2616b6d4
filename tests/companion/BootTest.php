<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;

final class BootTest extends TestCase
{
    private const FILE = __DIR__ . '/../../companion/wordpress/vefa/vefa.php';

    /** @var list<array{0: string, 1: string, 2: bool}> What was declared to WooCommerce. */
    private static array $declared = array();

    public static function declare_compatibility(string $feature, string $file, bool $fits): void
    {
        self::$declared[] = array($feature, (string) realpath($file), $fits);
    }

    public function test_the_plugin_starts_with_woocommerce_alone(): void
    {
        Shop::reset();
        define('ABSPATH', '/');
        require self::FILE;
        Shop::call('plugins_loaded');
        self::assertArrayNotHasKey('admin_menu', Shop::$hooks);
        class_alias(Shop::class, 'WooCommerce');
        Shop::call('plugins_loaded');
        $hooks = array(
            'admin_menu',
            'woocommerce_checkout_create_order',
            'woocommerce_store_api_checkout_update_order_from_request',
            'woocommerce_my_account_my_orders_actions',
            'wp_privacy_personal_data_exporters',
            'wp_privacy_personal_data_erasers',
        );
        self::assertSame(array(), array_diff($hooks, array_keys(Shop::$hooks)));
    }

    /**
     * @depends test_the_plugin_starts_with_woocommerce_alone
     */
    public function test_it_says_that_it_fits_orders_in_tables_of_their_own(): void
    {
        Shop::reset();
        require self::FILE;
        Shop::call('before_woocommerce_init');
        self::assertSame(array(), self::$declared);
        class_alias(self::class, 'Automattic\WooCommerce\Utilities\FeaturesUtil');
        Shop::call('before_woocommerce_init');
        $file = realpath(self::FILE);
        $expected = array(array('custom_order_tables', $file, true), array('cart_checkout_blocks', $file, true));
        self::assertSame($expected, self::$declared);
    }

    public function test_its_words_lie_where_wordpress_looks_for_them(): void
    {
        Shop::reset();
        require self::FILE;
        Shop::call('init');
        self::assertSame(array('vefa', 'vefa/languages'), Shop::$enqueued);
        self::assertDirectoryExists(dirname(self::FILE) . '/languages');
    }
}
