<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Vefa\WooCommerce\Settings;
use Vefa\WooCommerce\SettingsPage;

final class SettingsTest extends TestCase
{
    private const TYPED = array(
        'vefa_address' => 'https://vefa.example',
        'vefa_store' => 'mercan',
        'vefa_secret' => 'whsec_"<&>\'',
        'vefa_date_key' => '_date',
    );

    protected function setUp(): void
    {
        Shop::reset();
    }

    /**
     * Send the form as WordPress hands it over, with slashes, and return how the request ended.
     *
     * @param array<string, mixed> $changed
     */
    private static function send(array $changed = array()): string
    {
        $_POST = array_map('addslashes', $changed + self::TYPED) + array('vefa_save' => '1');
        $page = new SettingsPage();
        try {
            $page->take();
        } catch (Ended $end) {
            return $end->getMessage();
        }
        ob_start();
        $page->show();

        return (string) ob_get_clean();
    }

    public function test_what_is_typed_is_stored_as_it_stands(): void
    {
        Shop::$may = array('manage_woocommerce');
        self::assertSame('302 https://shop.example/wp-admin/admin.php?page=vefa-settings&saved=1', self::send());
        $stored = Settings::load();
        self::assertSame('whsec_"<&>\'', $stored->secret);
        self::assertSame('https://vefa.example/vefa/in/mercan/woocommerce', $stored->inbox());
        self::assertSame('https://vefa.example/vefa/embed/mercan/woocommerce', $stored->panel());
        self::assertFalse(Shop::$options[Settings::OPTION . ':autoload']);
    }

    public function test_an_empty_secret_keeps_the_stored_one_and_it_is_never_shown(): void
    {
        Shop::$may = array('manage_woocommerce');
        self::send();
        self::send(array('vefa_secret' => '', 'vefa_store' => 'lale'));
        self::assertSame('whsec_"<&>\'', Settings::load()->secret);
        self::assertSame('lale', Settings::load()->store);
        $page = self::send(array('vefa_store' => 'no good'));
        self::assertStringNotContainsString('whsec', $page);
        self::assertStringContainsString('A secret is stored.', $page);
    }

    public function test_who_may_not_manage_the_shop_changes_nothing(): void
    {
        Shop::$may = array('edit_shop_orders');
        self::assertStringStartsWith('403 ', self::send());
        Shop::$may = array('manage_woocommerce');
        Shop::$nonce = false;
        self::assertSame('403 vefa-settings', self::send());
        self::assertFalse(Settings::load()->complete());
    }

    /**
     * @dataProvider faults
     */
    public function test_what_cannot_be_right_is_refused_with_a_sentence(string $field, string $typed): void
    {
        Shop::$may = array('manage_woocommerce');
        $page = self::send(array($field => $typed));
        self::assertSame(1, substr_count($page, 'notice-error'));
        self::assertFalse(Settings::load()->complete());
        if ($field !== 'vefa_secret') {
            self::assertStringContainsString('value="' . htmlspecialchars(trim($typed), ENT_QUOTES) . '"', $page);
        }
    }

    /**
     * @return list<array{0: string, 1: string}>
     */
    public function faults(): array
    {
        return array(
            array('vefa_address', ''),
            array('vefa_address', 'http://vefa.example'),
            array('vefa_address', 'https://'),
            array('vefa_address', 'https://user@vefa.example'),
            array('vefa_address', 'https://vefa.example?x=1'),
            array('vefa_address', 'https://vefa.example/"><script>'),
            array('vefa_address', 'javascript:alert(1)'),
            array('vefa_store', ''),
            array('vefa_store', 'Mercan'),
            array('vefa_store', 'mercan/../lale'),
            array('vefa_store', '-mercan'),
            array('vefa_secret', ''),
            array('vefa_secret', str_repeat('x', 201)),
            array('vefa_date_key', str_repeat('x', 101)),
        );
    }

    /**
     * @dataProvider addresses
     */
    public function test_an_address_of_vefas_will_do(string $typed, string $address): void
    {
        Shop::$may = array('manage_woocommerce');
        self::send(array('vefa_address' => $typed));
        self::assertSame($address, Settings::load()->address);
    }

    /**
     * @return list<array{0: string, 1: string}>
     */
    public function addresses(): array
    {
        return array(
            array(' https://Vefa.example/ ', 'https://vefa.example'),
            array('https://vefa.example:8443', 'https://vefa.example:8443'),
            array('https://vefa.example/vefa/in/mercan/woocommerce', 'https://vefa.example'),
            array('https://vefa/vefa/mercan/', 'https://vefa'),
            array('https://vefa', 'https://vefa'),
            array('http://127.0.0.1:8000/vefa', 'http://127.0.0.1:8000'),
            array('http://localhost:8000', 'http://localhost:8000'),
        );
    }

    public function test_the_address_for_events_names_the_shop_too(): void
    {
        Shop::$may = array('manage_woocommerce');
        $typed = array('vefa_address' => 'https://vefa.example/vefa/in/lale/woocommerce', 'vefa_store' => '');
        self::send($typed);
        self::assertSame('https://vefa.example/vefa/in/lale/woocommerce', Settings::load()->inbox());
    }

    public function test_removing_the_plugin_removes_its_settings(): void
    {
        (new Settings('https://vefa.example', 'mercan', 'x'))->save();
        Shop::$options['another'] = 1;
        define('WP_UNINSTALL_PLUGIN', 'vefa/vefa.php');
        require __DIR__ . '/../../companion/wordpress/vefa/uninstall.php';
        self::assertSame(array('another' => 1), Shop::$options);
    }

    public function test_strange_stored_settings_are_none(): void
    {
        foreach (array('text', array('address' => 7, 'secret' => array('x')), null) as $stored) {
            Shop::$options[Settings::OPTION] = $stored;
            self::assertFalse(Settings::load()->complete());
        }
    }
}
