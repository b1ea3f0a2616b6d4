<?php

/**
 * The page of the plugin's settings.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * A page under WooCommerce for those who may manage the shop.
 */
final class SettingsPage
{
    public const SLUG = 'vefa-settings';
    private const MAY = 'manage_woocommerce';
    private const NONCE = 'vefa-settings';
    private const HOST = '[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?';
    private const HERE = '(?:localhost|127\.0\.0\.1)(?::\d{1,5})?';
    private const LONGEST_SECRET = 200;
    private const LONGEST_KEY = 100;

    /** @var array<string, string> What is wrong, by field. */
    private array $faults = array();

    private ?Settings $typed = null;

    public function register(): void
    {
        add_action('admin_menu', array($this, 'menu'), 60);
    }

    public function menu(): void
    {
        $title = __('Vefa', 'vefa');
        $hook = add_submenu_page('woocommerce', $title, $title, self::MAY, self::SLUG, array($this, 'show'));
        if ($hook) {
            add_action('load-' . $hook, array($this, 'take'));
        }
    }

    /**
     * Take the form: store what was typed, or keep it to be shown again with what is wrong.
     */
    public function take(): void
    {
        if (!isset($_POST['vefa_save'])) {
            return;
        }
        if (!current_user_can(self::MAY)) {
            wp_die(esc_html__('You may not change these settings.', 'vefa'), '', array('response' => 403));
        }
        check_admin_referer(self::NONCE);
        $posted = wp_unslash($_POST);
        [$this->typed, $this->faults] = self::read(is_array($posted) ? $posted : array(), Settings::load());
        if ($this->faults === array()) {
            $this->typed->save();
            wp_safe_redirect(admin_url('admin.php?page=' . self::SLUG . '&saved=1'));
            exit;
        }
    }

    /**
     * Read what was typed. An empty secret keeps the one that is stored; the others are taken as they stand.
     *
     * @param array<string, mixed> $posted The form.
     *
     * @return array{0: Settings, 1: array<string, string>} The settings, and what is wrong by field.
     */
    public static function read(array $posted, Settings $stored): array
    {
        $text = static fn (string $name): string => is_string($posted[$name] ?? null) ? trim($posted[$name]) : '';
        $secret = $text('vefa_secret') !== '' ? $text('vefa_secret') : $stored->secret;
        $address = self::address($text('vefa_address'));
        // The whole address of the shop's events names the shop, too.
        $named = preg_match('~/vefa/in/([a-z0-9-]+)/~', $text('vefa_address'), $part) === 1 ? $part[1] : '';
        $store = $text('vefa_store') === '' ? $named : $text('vefa_store');
        $read = new Settings($address, $store, $secret, $text('vefa_date_key'));
        $faults = array(
            'vefa_address' => preg_match('~^(?:https://' . self::HOST . '|http://' . self::HERE . ')$~D', $address)
                ? '' : __('Enter where Vefa is, such as https://vefa.example.', 'vefa'),
            'vefa_store' => preg_match('~^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$~D', $store)
                ? '' : __('The short name has small letters, digits and hyphens alone.', 'vefa'),
            'vefa_secret' => $secret !== '' && self::plain($secret, self::LONGEST_SECRET)
                ? '' : __('Paste the secret that Vefa shows for this connection.', 'vefa'),
            'vefa_date_key' => self::plain($read->dateKey, self::LONGEST_KEY)
                ? '' : __('This is no name of a field.', 'vefa'),
        );

        return array($read, array_filter($faults));
    }

    /**
     * Return where Vefa is. Somebody may paste a whole address of Vefa's, which begins with that.
     */
    private static function address(string $typed): string
    {
        $bare = rtrim((string) preg_replace('~(?<![:/])/vefa(?:/.*)?$~', '', $typed), '/');

        return preg_match('~^[a-z]+://[^/]+$~i', $bare) === 1 ? strtolower($bare) : $typed;
    }

    private static function plain(string $text, int $longest): bool
    {
        return strlen($text) <= $longest && preg_match('~[\x00-\x1f\x7f]~', $text) === 0;
    }

    public function show(): void
    {
        $saved = isset($_GET['saved']) && $this->faults === array();
        echo '<div class="wrap"><h1>' . esc_html__('Vefa', 'vefa') . '</h1>';
        if ($saved) {
            self::notice('success', __('The settings are stored.', 'vefa'));
        }
        foreach ($this->faults as $fault) {
            self::notice('error', $fault);
        }
        echo '<form method="post" action="' . esc_url(admin_url('admin.php?page=' . self::SLUG)) . '">';
        wp_nonce_field(self::NONCE);
        echo '<table class="form-table" role="presentation"><tbody>';
        self::fields($this->typed ?? Settings::load());
        echo '</tbody></table><p class="submit"><button type="submit" name="vefa_save" value="1"'
            . ' class="button button-primary">' . esc_html__('Save', 'vefa') . '</button></p></form></div>';
    }

    /**
     * Write the fields; the secret that is stored is never shown again.
     */
    private static function fields(Settings $now): void
    {
        self::field(
            'vefa_address',
            __('Address of Vefa', 'vefa'),
            $now->address,
            __('For example https://vefa.example. The address that Vefa shows for events will do, too.', 'vefa')
        );
        self::field(
            'vefa_store',
            __('Short name of the shop', 'vefa'),
            $now->store,
            __('As it stands in the address of Vefa’s panel.', 'vefa')
        );
        self::field(
            'vefa_secret',
            __('Secret', 'vefa'),
            '',
            $now->secret === ''
                ? __('The secret that Vefa shows for WooCommerce; your webhooks sign with it, too.', 'vefa')
                : __('A secret is stored. Leave this empty to keep it.', 'vefa'),
            'password'
        );
        self::field(
            'vefa_date_key',
            __('Field with the delivery date', 'vefa'),
            $now->dateKey,
            __('The order field in which your checkout keeps the date. Leave it empty if a known plugin does.', 'vefa')
        );
    }

    private static function notice(string $kind, string $text): void
    {
        echo '<div class="notice notice-' . esc_attr($kind) . '"><p>' . esc_html($text) . '</p></div>';
    }

    private static function field(string $name, string $title, string $value, string $hint, string $type = 'text'): void
    {
        $name = esc_attr($name);
        echo '<tr><th scope="row"><label for="' . $name . '">' . esc_html($title) . '</label></th><td>'
            . '<input class="regular-text" dir="ltr" autocomplete="off" type="' . esc_attr($type) . '" id="' . $name
            . '" name="' . $name . '" value="' . esc_attr($value) . '" aria-describedby="' . $name . '-hint">'
            . '<p class="description" id="' . $name . '-hint">' . esc_html($hint) . '</p></td></tr>';
    }
}
