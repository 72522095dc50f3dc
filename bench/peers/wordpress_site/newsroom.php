<?php
/* What a newsroom's developer adds to WordPress: bylines, a kicker, and in one field all that a card shows besides. */

add_action('after_setup_theme', fn() => add_theme_support('post-thumbnails'));

add_action('init', function () {
    register_taxonomy('byline', 'post', ['label' => 'Bylines', 'show_in_rest' => true, 'rest_base' => 'bylines']);
    foreach (['kicker', 'genre', 'language', 'breaking', 'photo_caption'] as $name) {
        register_post_meta('post', $name, ['single' => true, 'type' => 'string', 'show_in_rest' => true]);
    }
});

add_action('rest_api_init', function () {
    register_rest_field('post', 'card', ['get_callback' => fn($post) => newsroom_card($post['id'])]);
});

/* Of what WP_Query has fetched for all posts of a list at once: terms, values and photos. */
function newsroom_card(int $id): array {
    return [
        'headline' => get_post($id)->post_title,
        'kicker' => get_post_meta($id, 'kicker', true),
        'standfirst' => get_post($id)->post_excerpt,
        'genre' => get_post_meta($id, 'genre', true),
        'language' => get_post_meta($id, 'language', true),
        'breaking' => get_post_meta($id, 'breaking', true) === '1',
        'section' => newsroom_terms($id, 'category')[0] ?? null,
        'topics' => newsroom_terms($id, 'post_tag'),
        'bylines' => newsroom_terms($id, 'byline'),
        'lead_photo' => newsroom_photo($id),
    ];
}

function newsroom_terms(int $id, string $taxonomy): array {
    $terms = get_the_terms($id, $taxonomy) ?: [];
    return array_map(fn($term) => ['slug' => $term->slug, 'name' => $term->name], $terms);
}

function newsroom_photo(int $id): ?array {
    $photo = get_post_thumbnail_id($id);
    if (!$photo) {
        return null;
    }
    $source = wp_get_attachment_image_src($photo, 'large');
    return [
        'id' => $photo,
        'credit_line' => get_post($photo)->post_excerpt,
        'alt_text' => get_post_meta($photo, '_wp_attachment_image_alt', true),
        'caption' => get_post_meta($id, 'photo_caption', true),
        'src' => $source[0],
        'width' => $source[1],
        'height' => $source[2],
        'srcset' => wp_get_attachment_image_srcset($photo, 'large'),
    ];
}
