<?php

/**
 * Requests about personal data.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * Joins WordPress's tools for exporting and erasing personal data: Vefa is asked, and its answer told as it is.
 */
final class Privacy
{
    private const COPY = 'vefa.data_requested';
    private const ERASURE = 'vefa.erasure_requested';
    private const MOST_ORDERS = 10000;

    public function register(): void
    {
        add_filter('wp_privacy_personal_data_exporters', array($this, 'exporters'));
        // Before WooCommerce forgets which orders were this person's.
        add_filter('wp_privacy_personal_data_erasers', array($this, 'erasers'), 1);
    }

    /**
     * @param mixed $known The exporters so far.
     *
     * @return mixed
     */
    public function exporters($known)
    {
        $mine = array('exporter_friendly_name' => __('Vefa', 'vefa'), 'callback' => array($this, 'export'));

        return is_array($known) ? $known + array('vefa' => $mine) : $known;
    }

    /**
     * @param mixed $known The erasers so far.
     *
     * @return mixed
     */
    public function erasers($known)
    {
        $mine = array('eraser_friendly_name' => __('Vefa', 'vefa'), 'callback' => array($this, 'erase'));

        return is_array($known) ? $known + array('vefa' => $mine) : $known;
    }

    /**
     * Ask Vefa for a copy of what it holds. The shop's staff hands it over, so that it cannot stand in this file.
     *
     * @param mixed $email The person's e-mail address.
     *
     * @return array<string, mixed>
     */
    public function export($email): array
    {
        $status = $this->ask(self::COPY, (string) $email);
        if ($status === null) {
            return array('data' => array(), 'done' => true);
        }
        $said = $status === Sender::TAKEN
            ? __('Requested from Vefa; the shop will send it to you.', 'vefa')
            : __('Vefa could not be asked. The shop has to ask again, or send it to you by itself.', 'vefa');
        $item = array(
            'group_id' => 'vefa',
            'group_label' => __('What Vefa holds about your orders', 'vefa'),
            'item_id' => 'vefa',
            'data' => array(array('name' => __('Your data at Vefa', 'vefa'), 'value' => $said)),
        );

        return array('data' => array($item), 'done' => true);
    }

    /**
     * Tell Vefa to erase a person; until Vefa has taken the request, what it holds counts as retained.
     *
     * @param mixed $email The person's e-mail address.
     *
     * @return array<string, mixed>
     */
    public function erase($email): array
    {
        $status = $this->ask(self::ERASURE, (string) $email);
        $taken = $status === Sender::TAKEN;
        $messages = array();
        if ($taken) {
            $messages[] = __('Vefa has taken the request and erases this customer.', 'vefa');
        } elseif ($status !== null) {
            /* translators: %d: status of the answer, 0 for none */
            $text = __('Vefa did not take the request (answer %d) and keeps this customer’s data. Try again.', 'vefa');
            $messages[] = sprintf($text, $status);
        }

        return array(
            'items_removed' => $taken,
            'items_retained' => $status !== null && !$taken,
            'messages' => $messages,
            'done' => true,
        );
    }

    /**
     * Send a request and return the status of the answer, or null where Vefa cannot know this person.
     */
    private function ask(string $topic, string $email): ?int
    {
        $settings = Settings::load();
        $user = get_user_by('email', $email);
        $customer = $user instanceof \WP_User ? $user->ID : 0;
        $who = $customer > 0 ? array($email, $customer) : array($email);
        $orders = wc_get_orders(array('customer' => $who, 'limit' => self::MOST_ORDERS, 'return' => 'ids'));
        if (!$settings->complete() || ($customer === 0 && $orders === array())) {
            return null;
        }

        return Sender::post(
            $settings,
            $topic,
            array(
                'id' => wp_generate_uuid4(),
                'topic' => $topic,
                'requested_at' => gmdate('Y-m-d\TH:i:s\Z'),
                'customer_id' => $customer,
                'email' => $email,
                'order_ids' => array_values(array_map('intval', $orders)),
            )
        );
    }
}
