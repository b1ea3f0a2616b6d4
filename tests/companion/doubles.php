<?php

/**
 * Doubles of the parts of WordPress and WooCommerce that the plugin calls: as little as its tests need, and strict
 * about what they are given.
 */

declare(strict_types=1);

final class Shop
{
    /** @var array<string, mixed> */
    public static array $options = array();

    /** @var array<string, list<array{0: callable, 1: int, 2: int}>> Callbacks by hook. */
    public static array $hooks = array();

    /** @var array<int, WC_Order> */
    public static array $orders = array();

    /** @var list<string> What the person who is signed in may do. */
    public static array $may = array();

    public static ?WP_User $user = null;

    /** @var list<array{0: string, 1: array<string, mixed>}> Requests that were made. */
    public static array $sent = array();

    /** @var mixed How the next request is answered: a status, or WP_Error. */
    public static $answer = 200;

    /** @var list<string> Scripts and styles that were asked for. */
    public static array $enqueued = array();

    /** @var array<string, mixed>|null What orders were asked for last. */
    public static ?array $asked = null;

    public static string $admin = 'https://shop.example/wp-admin/';

    public static bool $nonce = true;

    public static bool $multisite = false;

    public static function reset(): void
    {
        self::$options = self::$hooks = self::$orders = self::$may = self::$sent = self::$enqueued = array();
        self::$user = self::$asked = null;
        self::$answer = 200;
        self::$admin = 'https://shop.example/wp-admin/';
        self::$nonce = true;
        self::$multisite = false;
        $_GET = $_POST = array();
    }

    /**
     * Call what hangs on a hook, and return what the last callback made of the first value.
     *
     * @param mixed ...$given
     *
     * @return mixed
     */
    public static function call(string $hook, ...$given)
    {
        foreach (self::$hooks[$hook] ?? array() as [$callback, , $count]) {
            $given[0] = $callback(...array_slice($given, 0, $count)) ?? ($given[0] ?? null);
        }

        return $given[0] ?? null;
    }
}

/** What ends a request in WordPress. */
final class Ended extends Exception
{
}

class WP_Error
{
}

class WP_User
{
    public int $ID = 7;
    public string $user_email = 'ayse@shop.example';
    public string $display_name = 'Ayşe &amp; Ali';
    /** @var list<string> */
    public array $roles = array('administrator');
}

class WC_Order_Item_Shipping
{
    private string $method;
    private int $instance;
    private string $title;

    public function __construct(string $method, int $instance, string $title)
    {
        $this->method = $method;
        $this->instance = $instance;
        $this->title = $title;
    }

    public function get_method_id(): string
    {
        return $this->method;
    }

    public function get_instance_id(): string
    {
        return (string) $this->instance;
    }

    public function get_method_title(): string
    {
        return $this->title;
    }
}

class WC_Order
{
    /** @var array<string, mixed> */
    public array $meta;

    /** @var list<WC_Order_Item_Shipping> */
    public array $shipping;

    public int $saved = 0;
    public string $status = 'processing';
    private int $id;

    /**
     * @param array<string, mixed>         $meta
     * @param list<WC_Order_Item_Shipping> $shipping
     */
    public function __construct(int $id = 12, array $meta = array(), array $shipping = array())
    {
        $this->id = $id;
        $this->meta = $meta;
        $this->shipping = $shipping;
    }

    public function get_id(): int
    {
        return $this->id;
    }

    /**
     * @return mixed
     */
    public function get_meta(string $key)
    {
        return $this->meta[$key] ?? '';
    }

    /**
     * @param mixed $value
     */
    public function update_meta_data(string $key, $value): void
    {
        $this->meta[$key] = $value;
    }

    public function delete_meta_data(string $key): void
    {
        unset($this->meta[$key]);
    }

    /**
     * @return list<WC_Order_Item_Shipping>
     */
    public function get_shipping_methods(): array
    {
        return $this->shipping;
    }

    /**
     * @param list<string> $status
     */
    public function has_status(array $status): bool
    {
        return in_array($this->status, $status, true);
    }

    public function save(): void
    {
        $this->saved++;
    }
}

function add_action(string $hook, callable $callback, int $priority = 10, int $count = 1): void
{
    Shop::$hooks[$hook][] = array($callback, $priority, $count);
}

function add_filter(string $hook, callable $callback, int $priority = 10, int $count = 1): void
{
    add_action($hook, $callback, $priority, $count);
}

function has_filter(string $hook, callable $callback): bool
{
    return in_array($callback, array_column(Shop::$hooks[$hook] ?? array(), 0), true);
}

/**
 * @param mixed ...$given
 *
 * @return mixed
 */
function apply_filters(string $hook, ...$given)
{
    return Shop::call($hook, ...$given);
}

/**
 * @param mixed $default
 *
 * @return mixed
 */
function get_option(string $name, $default = false)
{
    return Shop::$options[$name] ?? $default;
}

/**
 * @param mixed $value
 */
function update_option(string $name, $value, bool $autoload = true): void
{
    Shop::$options[$name] = $value;
    Shop::$options["{$name}:autoload"] = $autoload;
}

function delete_option(string $name): void
{
    unset(Shop::$options[$name], Shop::$options["{$name}:autoload"]);
}

function plugins_url(string $path, string $file): string
{
    return 'https://shop.example/plugins/' . basename(dirname($file)) . '/' . $path;
}

function plugin_basename(string $file): string
{
    return basename(dirname($file)) . '/' . basename($file);
}

function load_plugin_textdomain(string $domain, bool $old, string $folder): void
{
    array_push(Shop::$enqueued, $domain, $folder);
}

function is_multisite(): bool
{
    return Shop::$multisite;
}

function __(string $text, string $domain): string
{
    return $domain === 'vefa' ? $text : "wrong domain: {$text}";
}

function esc_html(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function esc_attr(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES);
}

function esc_url(string $address): string
{
    return preg_match('~^https?://~', $address) === 1 ? htmlspecialchars($address, ENT_QUOTES) : '';
}

function esc_html__(string $text, string $domain): string
{
    return esc_html(__($text, $domain));
}

function esc_attr__(string $text, string $domain): string
{
    return esc_attr(__($text, $domain));
}

function sanitize_text_field(string $text): string
{
    return trim((string) preg_replace('~\s+~', ' ', strip_tags($text)));
}

/**
 * @param mixed $value
 *
 * @return mixed
 */
function wp_unslash($value)
{
    return is_array($value) ? array_map('wp_unslash', $value) : (is_string($value) ? stripslashes($value) : $value);
}

/**
 * @param mixed $value
 */
function absint($value): int
{
    return abs((int) $value);
}

/**
 * @param mixed $document
 *
 * @return string|false
 */
function wp_json_encode($document, int $flags = 0)
{
    return json_encode($document, $flags);
}

/**
 * @return array<string, mixed>
 */
function wp_parse_url(string $address): array
{
    return (array) parse_url($address);
}

function wp_specialchars_decode(string $text, int $quotes): string
{
    return htmlspecialchars_decode($text, $quotes);
}

function admin_url(string $path = ''): string
{
    return Shop::$admin . $path;
}

function home_url(): string
{
    return 'https://shop.example';
}

/**
 * @param mixed $value
 */
function add_query_arg(string $name, $value, string $address): string
{
    return $address . (strpos($address, '?') === false ? '?' : '&') . rawurlencode($name) . '=' . $value;
}

function wc_get_page_permalink(string $page): string
{
    return "https://shop.example/{$page}/";
}

function current_user_can(string $what, int $which = 0): bool
{
    return in_array($which === 0 ? $what : "{$what}:{$which}", Shop::$may, true);
}

function is_user_logged_in(): bool
{
    return Shop::$user !== null;
}

function is_super_admin(int $user): bool
{
    return $user === 1;
}

function wp_get_current_user(): WP_User
{
    return Shop::$user ?? new WP_User();
}

/**
 * @return WP_User|false
 */
function get_user_by(string $field, string $value)
{
    $known = Shop::$user !== null && $field === 'email' && Shop::$user->user_email === $value;

    return $known ? Shop::$user : false;
}

function get_user_locale(WP_User $user): string
{
    return $user->ID === 8 ? 'fa_IR' : 'tr_TR';
}

function determine_locale(): string
{
    return 'fa_IR';
}

/**
 * @param callable $show
 */
function add_submenu_page(string $parent, string $title, string $menu, string $may, string $slug, $show): string
{
    return "{$parent}_page_{$slug}|{$may}";
}

/**
 * @param callable $show
 */
function add_menu_page(string $title, string $menu, string $may, string $slug, $show, string $icon, int $place): string
{
    return "toplevel_page_{$slug}|{$may}";
}

/**
 * @param list<string> $needs
 */
function wp_enqueue_script(string $name, string $address, array $needs, string $version, bool $below): void
{
    Shop::$enqueued[] = $address;
}

/**
 * @param list<string> $needs
 */
function wp_enqueue_style(string $name, string $address, array $needs, string $version): void
{
    Shop::$enqueued[] = $address;
}

function wp_nonce_field(string $action): void
{
    echo '<input type="hidden" name="_wpnonce" value="' . esc_attr("nonce of {$action}") . '">';
}

function check_admin_referer(string $action): void
{
    if (!Shop::$nonce) {
        throw new Ended("403 {$action}");
    }
}

/**
 * @param array<string, mixed> $options
 */
function wp_die(string $text, string $title, array $options): void
{
    throw new Ended($options['response'] . ' ' . $text);
}

function nocache_headers(): void
{
}

function wp_safe_redirect(string $address): void
{
    if (strpos($address, 'https://shop.example/') !== 0) {
        throw new LogicException('This leads to another site.');
    }
    throw new Ended("302 {$address}");
}

function wp_redirect(string $address, int $status): void
{
    throw new Ended("{$status} {$address}");
}

/**
 * @param mixed $which
 *
 * @return WC_Order|false
 */
function wc_get_order($which)
{
    return Shop::$orders[(int) $which] ?? false;
}

/**
 * @param array<string, mixed> $query
 *
 * @return list<int>
 */
function wc_get_orders(array $query): array
{
    Shop::$asked = $query;

    return array_keys(Shop::$orders);
}

function wp_generate_uuid4(): string
{
    return '5d0c0f3a-7c1b-4a52-9c5e-0a1b2c3d4e5f';
}

/**
 * @param array<string, mixed> $request
 *
 * @return mixed
 */
function wp_remote_post(string $address, array $request)
{
    Shop::$sent[] = array($address, $request);

    return Shop::$answer instanceof WP_Error ? Shop::$answer : array('response' => array('code' => Shop::$answer));
}

/**
 * @param mixed $answer
 */
function is_wp_error($answer): bool
{
    return $answer instanceof WP_Error;
}

/**
 * @param array<string, mixed> $answer
 */
function wp_remote_retrieve_response_code(array $answer): int
{
    return $answer['response']['code'];
}

foreach (glob(__DIR__ . '/../../companion/wordpress/vefa/includes/*.php') ?: array() as $part) {
    require_once $part;
}
