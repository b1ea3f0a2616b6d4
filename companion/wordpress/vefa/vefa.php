<?php

/**
 * Plugin Name: Vefa for WooCommerce
 * Description: Brings in Vefa’s panel, keeps the date that checkout promised, and lets customers report a problem.
 * Version: 0.1.0
 * Requires at least: 6.4
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * WC requires at least: 8.0
 * Author: The Vefa developers
 * License: GPL-2.0-or-later
 * License URI: https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain: vefa
 * Domain Path: /languages
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

defined('ABSPATH') || exit;

$vefa_parts = array('Settings', 'Token', 'Day', 'Sender', 'SettingsPage', 'Panel', 'Checkout', 'Problem', 'Privacy');
foreach ($vefa_parts as $vefa_part) {
    require_once __DIR__ . '/includes/' . $vefa_part . '.php';
}

add_action(
    'before_woocommerce_init',
    static function (): void {
        $utility = '\Automattic\WooCommerce\Utilities\FeaturesUtil';
        if (class_exists($utility)) {
            $utility::declare_compatibility('custom_order_tables', __FILE__, true);
            $utility::declare_compatibility('cart_checkout_blocks', __FILE__, true);
        }
    }
);
add_action(
    'init',
    static function (): void {
        load_plugin_textdomain('vefa', false, dirname(plugin_basename(__FILE__)) . '/languages');
    }
);
add_action(
    'plugins_loaded',
    static function (): void {
        if (!class_exists('WooCommerce')) {
            return;
        }
        $assets = plugins_url('assets/', __FILE__);
        foreach (array(new SettingsPage(), new Panel($assets), new Checkout(), new Problem(), new Privacy()) as $one) {
            $one->register();
        }
    }
);
