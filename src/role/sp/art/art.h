/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Card art: pictures by the SHA-256 of their octets, for the services of a provider. Stations 1 to 3. Role.
 * [capability P10]
 *
 * POST   /api/v1/card-art?service=&locale=&title=   the octets (image/png, image/jpeg); 201, 200 when known
 * GET    /api/v1/card-art?service=&locale=&limit=&before=   what there is, newest first
 * GET    /api/v1/card-art/{hash}     the octets, good for ever, with ETag; 304 where the caller has them
 * DELETE /api/v1/card-art/{hash}     all rows of the picture
 *
 * What is stored is compared with its name before it leaves: altered octets are answered 500 and audited.
 */
#ifndef TSM_ROLE_SP_ART_ART_H
#define TSM_ROLE_SP_ART_ART_H

#include "role/sp/internal.h"

enum { ART_TITLE_MAX = 120, ART_LOCALE_MAX = 35, ART_HASH_TEXT = 65, ART_LIST_MAX = 100 };

enum tsm_err sp_post_card_art(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_list_card_art(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_get_card_art(void *app, struct http_request *q, struct http_reply *reply);
enum tsm_err sp_delete_card_art(void *app, struct http_request *q, struct http_reply *reply);

/* What is said of a picture, or looked for; "" for nothing. */
struct art_words {
    char locale[ART_LOCALE_MAX + 1], service[SERVICE_MAX + 1], title[ART_TITLE_MAX + 1];
};
/* From the query. BAD_FORM with the field named. */
enum tsm_err art_words_read(const struct http_request *q, struct art_words *out);
/* SHA-256 in lower-case hex: the picture's name. NO_MEMORY. */
enum tsm_err art_hash(struct bytes octets, char out[ART_HASH_TEXT]);
/* A language tag by its form: "de", "pt-BR", "zh-Hant-TW" [BCP 47 2.1]. */
bool art_locale_is_right(const char *text);

#endif
