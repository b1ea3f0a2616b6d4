<?php

/**
 * What checkout promised.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * Keeps the delivery date that the customer saw with the order, so that nobody has to guess it later.
 *
 * The date comes from the field named in the settings, else from a known plugin, else from the filter
 * ``vefa_deliver_by``. Without a date the working days of the shipping method are kept, from which Vefa counts it.
 */
final class Checkout
{
    public const DATE = '_vefa_deliver_by';
    public const TEXT = '_vefa_promised_text';
    public const DAYS = '_vefa_promise_days';
    private const FIELD = 'vefa_promise_days';
    private const MOST_DAYS = 365;
    private const LONGEST_TEXT = 200;
    private const STAMP = '~^\d{8,}$~';

    /** Where known plugins keep the day, and where the words stand that they showed for it. */
    private const KNOWN = array(
        'jckwds_date_ymd' => 'jckwds_date',
        'pi_system_delivery_date' => 'pi_delivery_date',
        'ywcdd_order_delivery_date' => '',
        'lpac_dps_delivery_date' => '',
        '_delivery_date' => '',
        'delivery_date' => '',
        'dtwc_delivery_date' => '',
        '_orddd_timestamp' => '_orddd_delivery_date',
        '_orddd_lite_timestamp' => '',
    );

    public function register(): void
    {
        add_action('woocommerce_checkout_create_order', array($this, 'keep'), 50);
        add_action('woocommerce_store_api_checkout_update_order_from_request', array($this, 'keep'), 50);
        // Many plugins write their date only once the order is stored.
        add_action('woocommerce_checkout_order_processed', array($this, 'lookAgain'), 50, 3);
        add_action('woocommerce_store_api_checkout_order_processed', array($this, 'lookAgainAt'), 50);
        add_filter('woocommerce_shipping_methods', array($this, 'methods'), 999);
    }

    /**
     * Write what was promised into an order that WooCommerce is about to store; say whether anything changed.
     *
     * @param mixed $order The order.
     */
    public function keep($order): bool
    {
        if (!$order instanceof \WC_Order) {
            return false;
        }
        [$day, $words] = $this->promised($order);
        $days = $day === '' ? $this->days($order) : array('', '');
        $changed = self::put($order, self::DATE, $day);
        $changed = self::put($order, self::DAYS, $days[0]) || $changed;

        return self::put($order, self::TEXT, $day === '' ? $days[1] : $words) || $changed;
    }

    /**
     * @param mixed $id     The order's number.
     * @param mixed $posted The form.
     * @param mixed $order  The order.
     */
    public function lookAgain($id, $posted = null, $order = null): void
    {
        $this->lookAgainAt(wc_get_order($order instanceof \WC_Order ? $order->get_id() : $id));
    }

    /**
     * @param mixed $order The order.
     */
    public function lookAgainAt($order): void
    {
        if ($this->keep($order)) {
            $order->save();
        }
    }

    /**
     * Add the field to every shipping method that a zone can have.
     *
     * @param mixed $methods Classes by the method's name.
     *
     * @return mixed
     */
    public function methods($methods)
    {
        foreach (array_keys(is_array($methods) ? $methods : array()) as $name) {
            $filter = 'woocommerce_shipping_instance_form_fields_' . $name;
            if (!has_filter($filter, array($this, 'fields'))) {
                add_filter($filter, array($this, 'fields'));
            }
        }

        return $methods;
    }

    /**
     * @param mixed $fields The settings of a shipping method within a zone.
     *
     * @return mixed
     */
    public function fields($fields)
    {
        if (is_array($fields)) {
            $fields[self::FIELD] = array(
                'title' => __('Promised working days', 'vefa'),
                'type' => 'number',
                'default' => '',
                'desc_tip' => true,
                'description' => __(
                    'How many working days your shop says this takes. Vefa counts by it; customers see nothing new.',
                    'vefa'
                ),
                'custom_attributes' => array('min' => '0', 'max' => (string) self::MOST_DAYS, 'step' => '1'),
            );
        }

        return $fields;
    }

    /**
     * @return array{0: string, 1: string} The day as YYYY-MM-DD and the words that were shown, or empty texts.
     */
    private function promised(\WC_Order $order): array
    {
        $key = Settings::load()->dateKey;
        $places = $key === '' ? self::KNOWN : array($key => '') + self::KNOWN;
        $found = array('', '');
        foreach ($places as $place => $shown) {
            $written = $order->get_meta((string) $place);
            if ((string) $place === $key && empty($written) && isset($_POST[$key])) {
                $written = wp_unslash($_POST[$key]);
            }
            $day = Day::read($written);
            if ($day !== null) {
                $words = $shown === '' ? $written : $order->get_meta($shown);
                $found = array($day, self::words($words));
                break;
            }
        }
        $chosen = apply_filters('vefa_deliver_by', $found[0], $order);
        $day = Day::read($chosen);
        if ($day === null) {
            return array('', '');
        }

        return $day === $found[0] ? $found : array($day, '');
    }

    /**
     * @return array{0: string, 1: string} The most working days that a chosen method promises, and its title.
     */
    private function days(\WC_Order $order): array
    {
        $found = array('', '');
        foreach ($order->get_shipping_methods() as $item) {
            $name = 'woocommerce_' . $item->get_method_id() . '_' . (int) $item->get_instance_id() . '_settings';
            $stored = get_option($name, array());
            $typed = is_array($stored) ? $stored[self::FIELD] ?? '' : '';
            $days = is_scalar($typed) ? trim((string) $typed) : '';
            if (preg_match('~^\d{1,3}$~D', $days) !== 1 || (int) $days > self::MOST_DAYS) {
                continue;
            }
            if ($found[0] === '' || (int) $days > (int) $found[0]) {
                $found = array((string) (int) $days, self::words($item->get_method_title()));
            }
        }

        return $found;
    }

    /**
     * Return words as they were shown; a number that only programs read is none.
     *
     * @param mixed $written What stands in the order or was posted.
     */
    private static function words($written): string
    {
        $text = is_string($written) ? sanitize_text_field($written) : '';

        return preg_match(self::STAMP, $text) === 1 ? '' : mb_substr($text, 0, self::LONGEST_TEXT);
    }

    private static function put(\WC_Order $order, string $key, string $value): bool
    {
        if ((string) $order->get_meta($key) === $value) {
            return false;
        }
        if ($value === '') {
            $order->delete_meta_data($key);
        } else {
            $order->update_meta_data($key, $value);
        }

        return true;
    }
}
