/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a content type and a body of any octets (the type ends at the first 0): every part lies within
 * the body, names are texts, and the reader comes to an end. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "http/message/multipart.h"

const char *const fuzz_seeds[] = {
    /* "multipart/form-data; boundary=b" 0 "--b CRLF Content-Disposition: form-data; name=\"a\" CRLF CRLF x
       CRLF
       --b--" */
    "6D756C7469706172742F666F726D2D646174613B20626F756E646172793D62002D2D620D0A436F6E74656E742D446973706F7369"
    "74"
    "696F6E3A20666F726D2D646174613B206E616D653D2261220D0A0D0A780D0A2D2D622D2D",
    /* a quoted boundary, a preamble, a file name with an escape, two parts */
    "6D756C7469706172742F666F726D2D646174613B20626F756E646172793D2262222000707265616D626C650D0A2D2D620D0A436F"
    "6E"
    "74656E742D446973706F736974696F6E3A20666F726D2D646174613B206E616D653D613B2066696C656E616D653D22785C22220D"
    "0A"
    "436F6E74656E742D547970653A20746578742F706C61696E0D0A0D0A0D0A2D2D620D0A436F6E74656E742D446973706F73697469"
    "6F"
    "6E3A20666F726D2D646174613B206E616D653D630D0A0D0A790D0A2D2D622D2D0D0A",
    NULL,
};

static void check_part(struct bytes body, const struct multipart_part *p)
{
    bool inside =
        p->body.len == 0 || (p->body.at >= body.at && p->body.at + p->body.len <= body.at + body.len);
    bool named = p->name[MULTIPART_NAME_MAX] == 0 || strlen(p->name) <= MULTIPART_NAME_MAX;
    if (!inside || !named || (!p->has_filename && p->filename[0]))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = READER(BYTES_OF(data, size));
    struct bytes type, body;
    char text[256];
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    struct multipart m;
    struct multipart_part p;
    if (!end || read_span(&r, (size_t)(end - data), &type) != TSM_OK || type.len >= sizeof text)
        return 0;
    memcpy(text, type.at, type.len);
    text[type.len] = 0;
    body = r.left;
    if (multipart_begin(text, body, &m) != TSM_OK)
        return 0;
    for (size_t parts = 0; multipart_next(&m, &p) == TSM_OK; parts++) {
        check_part(body, &p);
        if (parts > body.len)
            abort();
    }
    return 0;
}
