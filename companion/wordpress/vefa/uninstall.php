<?php

/**
 * Removes what the plugin stored for itself. What it wrote into orders belongs to the orders and stays.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

defined('WP_UNINSTALL_PLUGIN') || exit;

if (is_multisite()) {
    foreach (get_sites(array('fields' => 'ids', 'number' => 0)) as $vefa_site) {
        switch_to_blog((int) $vefa_site);
        delete_option('vefa_settings');
        restore_current_blog();
    }
} else {
    delete_option('vefa_settings');
}
