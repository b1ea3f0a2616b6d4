<?php

/**
 * Signed messages to Vefa.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * Posts a message to the shop's address in Vefa, signed as WooCommerce signs its webhooks.
 */
final class Sender
{
    public const TAKEN = 200;
    private const SECONDS = 10;

    /**
     * Send a message and return the status of the answer, or 0 where there was none.
     *
     * @param array<string, mixed> $document What is said.
     */
    public static function post(Settings $settings, string $topic, array $document): int
    {
        $body = (string) wp_json_encode($document, JSON_UNESCAPED_SLASHES);
        $answer = wp_remote_post(
            $settings->inbox(),
            array(
                'timeout' => self::SECONDS,
                'redirection' => 0,
                'user-agent' => 'Vefa for WooCommerce',
                'headers' => array(
                    'Content-Type' => 'application/json',
                    'X-WC-Webhook-Topic' => $topic,
                    'X-WC-Webhook-Signature' => base64_encode(hash_hmac('sha256', $body, $settings->secret, true)),
                ),
                'body' => $body,
            )
        );

        return is_wp_error($answer) ? 0 : (int) wp_remote_retrieve_response_code($answer);
    }
}
