<?php
/* Fills WordPress from the files that Galley imports, through its own functions: php fill.php FOLDER IDS. */

[, $folder, $ids] = $argv;
$_SERVER += ['HTTP_HOST' => 'news.example.org', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET'];
define('WP_IMPORTING', true);
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
foreach (get_posts(['numberposts' => -1, 'post_type' => 'any', 'post_status' => 'any']) as $sample) {
    wp_delete_post($sample->ID, true);
}
wp_defer_term_counting(true);
wp_suspend_cache_invalidation(true);
$wpdb->query('START TRANSACTION');

function lines(string $file): Generator {
    foreach (new SplFileObject($file) as $line) {
        if (trim($line) !== '') {
            yield json_decode($line, true);
        }
    }
}

function keep_term(array $line, string $taxonomy, array $terms): int {
    $parent = $terms[$line['parent'] ?? ''] ?? 0;
    return wp_insert_term($line['name'], $taxonomy, ['slug' => $line['slug'], 'parent' => $parent])['term_id'];
}

function keep_photo(array $line, string $folder): int {
    $upload = wp_upload_bits(basename($line['file']), null, file_get_contents("$folder/{$line['file']}"));
    $post = ['post_title' => $line['credit_line'], 'post_excerpt' => $line['credit_line'], 'post_mime_type' => 'image/jpeg'];
    $photo = wp_insert_attachment($post + ['post_name' => basename($line['file'], '.jpg') . '-photo'], $upload['file']);
    update_post_meta($photo, '_wp_attachment_image_alt', $line['alt_text']);
    wp_update_attachment_metadata($photo, wp_generate_attachment_metadata($photo, $upload['file']));
    return $photo;
}

function keep_article(array $line, array $terms): int {
    $lead = $line['lead_photo'];
    $meta = array_intersect_key($line, array_flip(['kicker', 'genre', 'language']));
    $meta += ['breaking' => $line['breaking'] ? '1' : '', 'photo_caption' => $lead['caption'] ?? ''];
    $moment = str_replace('T', ' ', substr($line['published_at'], 0, 19));
    $id = wp_insert_post(wp_slash([
        'post_status' => 'publish',
        'post_author' => 1,
        'post_name' => $line['slug'],
        'post_title' => $line['headline'],
        'post_excerpt' => $line['standfirst'],
        'post_content' => implode("\n", array_map(fn($block) => "<p>{$block['html']}</p>", $line['body'])),
        'post_date' => $moment,
        'post_date_gmt' => $moment,
        'meta_input' => $meta + ($lead ? ['_thumbnail_id' => $terms[$lead['photo']]] : []),
    ]), true);
    wp_set_object_terms($id, [$terms[$line['section']]], 'category');
    wp_set_object_terms($id, array_map(fn($slug) => $terms[$slug], $line['topics']), 'post_tag');
    wp_set_object_terms($id, array_map(fn($placed) => $terms[$placed['byline']], $line['bylines']), 'byline');
    return $id;
}

$taxonomies = ['section' => 'category', 'topic' => 'post_tag', 'byline' => 'byline'];
$terms = [];
foreach (lines("$folder/shared.ndjson") as $line) {
    if ($line['kind'] === 'photo') {
        $terms[$line['id']] = keep_photo($line, $folder);
    } else {
        $terms[$line['slug']] = keep_term($line, $taxonomies[$line['kind']], $terms);
    }
}
foreach (lines("$folder/articles.ndjson") as $number => $line) {
    if ($number % 200 === 0) {
        $wpdb->query('COMMIT');
        wp_cache_flush();
        $wpdb->query('START TRANSACTION');
    }
    keep_article($line, $terms);
}
$wpdb->query('COMMIT');
wp_defer_term_counting(false);
wp_suspend_cache_invalidation(false);
delete_option('category_children');
$wpdb->query("ANALYZE TABLE $wpdb->posts, $wpdb->postmeta, $wpdb->terms, $wpdb->term_taxonomy, $wpdb->term_relationships");
file_put_contents($ids, json_encode($terms));
