/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a chunked body of any octets, whole and octet by octet: same verdict, same data, never beyond
 * the limit.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "http/message/chunk.h"

enum { LIMIT = 512 };

const char *const fuzz_seeds[] = {
    /* 5 hello, 6 " world", 0, a trailer */
    "350D0A68656C6C6F0D0A360D0A20776F726C640D0A300D0A583A20790D0A0D0A",
    /* an extension, a leading zero */
    "30323B613D620D0A68690D0A300D0A0D0A",
    NULL,
};

static enum http_verdict feed(struct bytes in, size_t step, struct writer *body)
{
    struct http_chunks c = {0};
    struct reader all = READER(in);
    enum http_verdict v = HTTP_MORE;
    while (v == HTTP_MORE && all.left.len) {
        struct bytes piece, data;
        struct reader r;
        read_span(&all, all.left.len < step ? all.left.len : step, &piece);
        r.left = piece;
        while ((v = http_chunks_read(&c, LIMIT, &r, &data)) == HTTP_DATA)
            if (write_span(body, data) != TSM_OK)
                abort();
    }
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t rooms[2][LIMIT];
    struct writer whole = WRITER(rooms[0]), stepwise = WRITER(rooms[1]);
    if (feed(BYTES_OF(data, size), size, &whole) != feed(BYTES_OF(data, size), 1, &stepwise) ||
        !bytes_equal(written(&whole), written(&stepwise)))
        abort();
    return 0;
}
