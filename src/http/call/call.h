/* SPDX-License-Identifier: Apache-2.0 */
/* What one call asks of libcurl: its fields, whom it trusts, where it goes. Station 12. Edge. [RFC 9110] */
#ifndef TSM_HTTP_CALL_CALL_H
#define TSM_HTTP_CALL_CALL_H

#include <curl/curl.h>

#include "http/client.h"

struct http_client {
    char *ca_file, *cert_file, *key_file, *bearer;
    bool allow_plain;
    unsigned connect_ms, call_ms;
    size_t answer_max;
};

/* The fields of a request; *fields is the caller's on every path (curl_slist_free_all). BAD_VALUE for one
 * that cannot be sent, NO_MEMORY. */
enum tsm_err call_fields(const struct http_client *c, const struct http_call *call,
                         struct curl_slist **fields);
/* Address, method, body, limits and trust. False when libcurl had no memory for one of them: what is not set
 * would be another's address, or anybody's certificate. */
bool call_set(CURL *h, const struct http_client *c, const struct http_call *call);
/* http:// is for laboratories: numeric loopback or "localhost", judged by the parser that makes the
 * connection. NO_MEMORY. */
enum tsm_err call_is_local(const char *url, bool *local);

#endif
