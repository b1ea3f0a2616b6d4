<?php

/**
 * The plugin's settings.
 *
 * @package Vefa\WooCommerce
 */

declare(strict_types=1);

namespace Vefa\WooCommerce;

/**
 * Where Vefa is, what the shop is called there, and the secret that both know.
 */
final class Settings
{
    public const VERSION = '0.1.0';
    public const OPTION = 'vefa_settings';

    /** Vefa's address without a trailing slash. */
    public string $address;

    /** The short name that the shop has in Vefa. */
    public string $store;

    /** The secret of the connection, exactly as Vefa showed it. */
    public string $secret;

    /** The order field, or field of the checkout form, that holds the delivery date; empty where no one was named. */
    public string $dateKey;

    public function __construct(string $address = '', string $store = '', string $secret = '', string $dateKey = '')
    {
        $this->address = $address;
        $this->store = $store;
        $this->secret = $secret;
        $this->dateKey = $dateKey;
    }

    /**
     * Return the settings as they are stored.
     */
    public static function load(): self
    {
        $stored = get_option(self::OPTION, array());
        $stored = is_array($stored) ? $stored : array();
        $text = static fn (string $name): string => is_string($stored[$name] ?? null) ? $stored[$name] : '';

        return new self($text('address'), $text('store'), $text('secret'), $text('date_key'));
    }

    /**
     * Store the settings; they are not loaded with every page.
     */
    public function save(): void
    {
        $stored = array(
            'address' => $this->address,
            'store' => $this->store,
            'secret' => $this->secret,
            'date_key' => $this->dateKey,
        );
        update_option(self::OPTION, $stored, false);
    }

    /**
     * Say whether Vefa can be reached with these settings.
     */
    public function complete(): bool
    {
        return $this->address !== '' && $this->store !== '' && $this->secret !== '';
    }

    /**
     * Return the address that takes the shop's events.
     */
    public function inbox(): string
    {
        return "{$this->address}/vefa/in/{$this->store}/woocommerce";
    }

    /**
     * Return the address that opens the panel for a signed token.
     */
    public function panel(): string
    {
        return "{$this->address}/vefa/embed/{$this->store}/woocommerce";
    }

    /**
     * Return the address that leads a customer to the page of an order.
     */
    public function customer(string $token): string
    {
        return "{$this->address}/vefa/c/{$this->store}/woocommerce?token={$token}";
    }
}
