<?php
/* The site itself, as WordPress's own page for it installs one: php install.php. */

$_SERVER += ['HTTP_HOST' => 'news.example.org', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET'];
define('WP_INSTALLING', true);
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_false');
wp_install('News', 'admin', 'admin@example.com', true, '', 'only for the benchmark');
update_option('permalink_structure', '/%postname%/');
