<?php

/**
 * Prints, as JSON, what the plugin says in each of the cases that stand as JSON in the input.
 */

declare(strict_types=1);

use Vefa\WooCommerce\Day;
use Vefa\WooCommerce\Panel;
use Vefa\WooCommerce\Privacy;
use Vefa\WooCommerce\Settings;
use Vefa\WooCommerce\Token;

require __DIR__ . '/doubles.php';

/**
 * @param array<string, mixed> $given
 *
 * @return mixed
 */
function said(array $given)
{
    Shop::reset();
    $settings = new Settings($given['address'] ?? '', $given['store'] ?? '', $given['secret'] ?? '');
    $settings->save();
    Shop::$user = new WP_User();
    switch ($given['what']) {
        case 'panel':
            return Token::panel($settings, Shop::$user, $given['now']);
        case 'problem':
            return $settings->customer(Token::problem($settings, $given['order'], $given['now']));
        case 'page':
            Shop::$admin = $given['admin'];
            Shop::$may = array('edit_shop_orders');
            $_GET = $given['query'];
            ob_start();
            (new Panel(''))->show();

            return ob_get_clean();
        case 'days':
            return array_map(array(Day::class, 'read'), $given['written']);
        default:
            foreach ($given['orders'] as $id) {
                Shop::$orders[$id] = new WC_Order($id);
            }
            $privacy = new Privacy();
            $given['what'] === 'erase' ? $privacy->erase($given['email']) : $privacy->export($given['email']);
            [[$address, $request]] = Shop::$sent;

            return array('address' => $address, 'headers' => $request['headers'], 'body' => $request['body']);
    }
}

$cases = json_decode((string) stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
echo json_encode(array_map('said', $cases), JSON_THROW_ON_ERROR);
