<?php

/**
 * Vefa's panel within the admin.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * A menu entry whose page opens the panel in a frame, or in a window of its own, by a token made at that moment.
 */
final class Panel
{
    public const SLUG = 'vefa';
    private const MAY = 'edit_shop_orders';
    private const FRAME = 'vefa-panel';
    private const PLACE = 56;

    private string $assets;

    /**
     * @param string $assets The address of the plugin's own style sheet and script.
     */
    public function __construct(string $assets)
    {
        $this->assets = $assets;
    }

    public function register(): void
    {
        add_action('admin_menu', array($this, 'menu'));
    }

    public function menu(): void
    {
        $title = __('Vefa', 'vefa');
        $show = array($this, 'show');
        $hook = add_menu_page($title, $title, self::MAY, self::SLUG, $show, 'dashicons-yes-alt', self::PLACE);
        add_action(
            'admin_enqueue_scripts',
            function ($page) use ($hook): void {
                if ($page === $hook) {
                    wp_enqueue_style('vefa-panel', $this->assets . 'panel.css', array(), Settings::VERSION);
                    wp_enqueue_script('vefa-panel', $this->assets . 'panel.js', array(), Settings::VERSION, true);
                }
            }
        );
    }

    public function show(): void
    {
        if (!current_user_can(self::MAY)) {
            wp_die(esc_html__('You may not see the orders of this shop.', 'vefa'), '', array('response' => 403));
        }
        $settings = Settings::load();
        echo '<div class="wrap"><h1>' . esc_html__('Vefa', 'vefa') . '</h1>';
        if (!$settings->complete()) {
            $this->missing();
        } elseif (isset($_GET['window'])) {
            $this->form($settings, '');
        } else {
            $this->form($settings, self::FRAME);
            echo '<iframe class="vefa-panel" name="' . esc_attr(self::FRAME) . '" title="'
                . esc_attr__('Vefa’s panel', 'vefa') . '"></iframe>';
            echo '<p><a href="' . esc_url(admin_url('admin.php?page=' . self::SLUG . '&window=1'))
                . '" target="_blank" rel="noopener">' . esc_html__('Open Vefa in its own window', 'vefa') . '</a></p>';
        }
        echo '</div>';
    }

    /**
     * Write the form that carries the token; the script sends it, and without script a person does.
     */
    private function form(Settings $settings, string $target): void
    {
        $token = Token::panel($settings, wp_get_current_user(), time());
        $where = $target === '' ? '' : ' target="' . esc_attr($target) . '"';
        echo '<form id="vefa-open" method="post" action="' . esc_url($settings->panel()) . '"' . $where . '>'
            . '<input type="hidden" name="token" value="' . esc_attr($token) . '">'
            . '<noscript><button type="submit" class="button button-primary">' . esc_html__('Open Vefa', 'vefa')
            . '</button></noscript></form>';
    }

    private function missing(): void
    {
        echo '<p>' . esc_html__('This shop is not connected to Vefa yet.', 'vefa') . '</p>';
        if (current_user_can('manage_woocommerce')) {
            echo '<p><a class="button button-primary" href="'
                . esc_url(admin_url('admin.php?page=' . SettingsPage::SLUG)) . '">'
                . esc_html__('Connect it', 'vefa') . '</a></p>';
        }
    }
}
