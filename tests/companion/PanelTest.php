<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Vefa\WooCommerce\Panel;
use Vefa\WooCommerce\Settings;

final class PanelTest extends TestCase
{
    private const ASSETS = 'https://shop.example/plugins/vefa/assets/';

    protected function setUp(): void
    {
        Shop::reset();
        Shop::$may = array('edit_shop_orders');
        Shop::$user = new WP_User();
        (new Settings('https://vefa.example', 'mercan', 'whsec_x'))->save();
    }

    private static function page(): DOMXPath
    {
        ob_start();
        try {
            (new Panel(self::ASSETS))->show();
        } finally {
            $page = (string) ob_get_clean();
        }
        $document = new DOMDocument();
        $document->loadHTML('<?xml encoding="utf-8"?>' . $page, LIBXML_NOERROR);

        return new DOMXPath($document);
    }

    public function test_the_token_is_posted_into_the_frame(): void
    {
        $page = self::page();
        $address = 'https://vefa.example/vefa/embed/mercan/woocommerce';
        $form = "//form[@id='vefa-open' and @method='post' and @action='{$address}' and @target=//iframe/@name]";
        $token = $page->evaluate("string({$form}/input[@type='hidden' and @name='token']/@value)");
        self::assertMatchesRegularExpression('~^[\w-]+\.[\w-]+\.[\w-]{43}$~D', $token);
        self::assertSame(1.0, $page->evaluate('count(//form)'));
        self::assertSame(1.0, $page->evaluate("count({$form}//noscript//button[@type='submit'])"));
        self::assertSame(0.0, $page->evaluate('count(//script) + count(//@style) + count(//@onclick)'));
    }

    public function test_a_window_of_its_own_is_one_press_away_with_a_token_of_its_own(): void
    {
        $page = self::page();
        $link = $page->evaluate("string(//a[@target='_blank' and @rel='noopener']/@href)");
        self::assertSame('https://shop.example/wp-admin/admin.php?page=vefa&window=1', $link);
        $_GET['window'] = '1';
        $own = self::page();
        self::assertSame(1.0, $own->evaluate("count(//form[@id='vefa-open' and not(@target)])"));
        self::assertSame(0.0, $own->evaluate('count(//iframe)'));
        $token = "string(//input[@name='token']/@value)";
        self::assertNotSame($page->evaluate($token), $own->evaluate($token));
    }

    public function test_who_may_not_see_orders_gets_no_token(): void
    {
        Shop::$may = array('read');
        $this->expectException(Ended::class);
        $this->expectExceptionMessage('403');
        self::page();
    }

    public function test_a_shop_that_is_not_connected_says_so(): void
    {
        delete_option(Settings::OPTION);
        self::assertSame(0.0, self::page()->evaluate('count(//form) + count(//iframe) + count(//a)'));
        Shop::$may[] = 'manage_woocommerce';
        $link = self::page()->evaluate('string(//a/@href)');
        self::assertSame('https://shop.example/wp-admin/admin.php?page=vefa-settings', $link);
    }

    public function test_script_and_style_are_the_plugins_own_and_on_its_page_alone(): void
    {
        $panel = new Panel(self::ASSETS);
        $panel->register();
        Shop::call('admin_menu');
        Shop::call('admin_enqueue_scripts', 'edit.php');
        self::assertSame(array(), Shop::$enqueued);
        Shop::call('admin_enqueue_scripts', 'toplevel_page_vefa|edit_shop_orders');
        self::assertSame(array(self::ASSETS . 'panel.css', self::ASSETS . 'panel.js'), Shop::$enqueued);
        foreach (Shop::$enqueued as $address) {
            self::assertFileExists(__DIR__ . '/../../companion/wordpress/vefa/assets/' . basename($address));
        }
    }
}
