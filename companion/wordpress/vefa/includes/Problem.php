<?php

/**
 * "A problem with this order" in the customer's account.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * Leads customers from an order of theirs to its page in Vefa; the token is made when the link is followed.
 */
final class Problem
{
    public const QUERY = 'vefa_problem';
    private const UNFINISHED = array('checkout-draft', 'auto-draft', 'trash');

    public function register(): void
    {
        add_filter('woocommerce_my_account_my_orders_actions', array($this, 'action'), 10, 2);
        add_action('woocommerce_view_order', array($this, 'link'), 20);
        add_action('template_redirect', array($this, 'lead'));
    }

    /**
     * @param mixed $actions What can be done about an order in the list.
     * @param mixed $order   The order.
     *
     * @return mixed
     */
    public function action($actions, $order = null)
    {
        if (is_array($actions) && $order instanceof \WC_Order && self::offered($order)) {
            $actions[self::QUERY] = array('url' => self::address($order->get_id()), 'name' => self::title());
        }

        return $actions;
    }

    /**
     * @param mixed $id The number of the order that is looked at.
     */
    public function link($id): void
    {
        $order = wc_get_order($id);
        if ($order instanceof \WC_Order && self::offered($order)) {
            echo '<p><a class="button" href="' . esc_url(self::address($order->get_id())) . '">'
                . esc_html(self::title()) . '</a></p>';
        }
    }

    /**
     * Lead the customer who followed the link to Vefa; somebody else's order leads back to one's own account.
     */
    public function lead(): void
    {
        if (!isset($_GET[self::QUERY])) {
            return;
        }
        $order = wc_get_order(absint(is_scalar($_GET[self::QUERY]) ? $_GET[self::QUERY] : 0));
        nocache_headers();
        $mine = $order instanceof \WC_Order && current_user_can('view_order', $order->get_id());
        if (!$mine || !is_user_logged_in() || !self::offered($order)) {
            wp_safe_redirect(wc_get_page_permalink('myaccount'));
            exit;
        }
        $settings = Settings::load();
        wp_redirect($settings->customer(Token::problem($settings, $order->get_id(), time())), 303);
        exit;
    }

    private static function offered(\WC_Order $order): bool
    {
        return Settings::load()->complete() && !$order->has_status(self::UNFINISHED);
    }

    private static function address(int $id): string
    {
        return add_query_arg(self::QUERY, $id, wc_get_page_permalink('myaccount'));
    }

    private static function title(): string
    {
        return __('A problem with this order', 'vefa');
    }
}
