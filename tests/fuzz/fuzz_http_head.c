/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a request head of any octets, and everything that is made of it. What is taken must obey the
 * rules. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "http/request.h"

const char *const fuzz_seeds[] = {
    /* POST /a?b=c%20d HTTP/1.1, Host: x, Content-Length: 5, Content-Type: application/json */
    "504F5354202F613F623D632532306420485454502F312E310D0A486F73743A20780D0A436F6E74656E742D4C656E6774683A2035"
    "0D0A"
    "436F6E74656E742D547970653A206170706C69636174696F6E2F6A736F6E0D0A0D0A",
    /* GET / HTTP/1.0, Connection: keep-alive */
    "474554202F20485454502F312E300D0A436F6E6E656374696F6E3A206B6565702D616C6976650D0A0D0A",
    /* PUT /x/%2e HTTP/1.1, Host: x, Transfer-Encoding: chunked, Expect: 100-continue */
    "505554202F782F25326520485454502F312E310D0A486F73743A20780D0A5472616E736665722D456E636F64696E673A20636875"
    "6E6B65"
    "640D0A4578706563743A203130302D636F6E74696E75650D0A0D0A",
    NULL,
};

static void check(const struct http_head *h, size_t size)
{
    if (h->size > size || h->size > HTTP_HEAD_MAX || (h->chunked && h->has_length) || !h->path.len ||
        (h->minor == 1 && !h->has_host))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_head whole, stepwise;
    struct http_request request;
    struct http_params params;
    uint8_t room[HTTP_TEXTS_MAX];
    struct writer texts = WRITER(room);
    char text[64];
    size_t scanned = 0;
    enum http_verdict v = http_head_read(BYTES_OF(data, size), &scanned, &whole), w = HTTP_MORE;
    scanned = 0;
    for (size_t n = 0; n <= size && w == HTTP_MORE; n++)
        w = http_head_read(BYTES_OF(data, n), &scanned, &stepwise);
    if (v != w)
        abort();
    if (v != HTTP_READY)
        return 0;
    check(&whole, size);
    http_path_matches(bytes_of_text("/{a}/{b...}"), whole.path, &params);
    if (http_request_read(&whole, &texts, &request) != TSM_OK)
        return 0;
    if (strlen(request.method) != whole.method.len || strlen(request.path) != whole.path.len)
        abort();
    http_query_param(&request, "b", text, sizeof text);
    return 0;
}
