/* SPDX-License-Identifier: Apache-2.0 */
/* The phone's part of an offline script: its frames go from a file to the element, no server takes part. Edge
 * (station 9, beside the server). [GPCS Amendment I, SEMS device agent] */
#include "handset/local/script.h"

#include "common/tlv.h"
#include "handset/element.h"
#include "handset/hex.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAG_CERTIFICATE    0x7F21
#define TAG_AUTHENTICATION 0x60
#define TAG_FRAME          0x41
#define TAG_COMMAND        0x40

enum { P1_MORE = 0x01, MAX_DATA = 255, HEADER = 5, SW_LEN = 2, MAX_LINE = 65536 };

static const uint8_t select_sems[] = {0x00, 0xA4, 0x04, 0x00, 0x0D, 0xA0, 0x00, 0x00, 0x01,
                                      0x51, 0x53, 0x45, 0x4D, 0x53, 0x00, 0x00, 0x00, 0x01};

struct run {
    struct element element;
    const char *what; /* the frame that is being sent */
};

/* True when the element answered 9000. */
static bool send_apdu(struct run *r, const uint8_t *apdu, size_t n)
{
    static uint8_t answer[ELEMENT_MAX_APDU];
    static char text[2 * ELEMENT_MAX_APDU + 1];
    ssize_t got = element_transmit(&r->element, apdu, n, answer);
    if (got < SW_LEN) {
        printf("%s: no answer\n", r->what);
        return false;
    }
    hs_hex_write(answer, (size_t)got, text);
    printf("%s: %s\n", r->what, text);
    return answer[got - 2] == 0x90 && answer[got - 1] == 0x00;
}

/* PROCESS SCRIPT COMMAND around `n` bytes, in as many commands as they need. */
static bool send_frame(struct run *r, const uint8_t *at, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        size_t part = n - sent < MAX_DATA ? n - sent : MAX_DATA;
        uint8_t apdu[HEADER + MAX_DATA] = {0x80, 0xA0, sent + part < n ? P1_MORE : 0, 0x00, (uint8_t)part};
        memcpy(apdu + HEADER, at + sent, part);
        if (!send_apdu(r, apdu, HEADER + part))
            return false;
        sent += part;
    }
    return n > 0;
}

static bool send_object(struct run *r, const uint8_t *whole, size_t whole_len, const struct tlv *t)
{
    struct tlv inner;
    switch (t->tag) {
    case TAG_CERTIFICATE:
        r->what = "certificate";
        return send_frame(r, whole, whole_len);
    case TAG_AUTHENTICATION:
        r->what = "authentication";
        return tlv_find(t->value, t->len, TAG_FRAME, &inner) && send_frame(r, inner.value, inner.len);
    case TAG_COMMAND:
        r->what = "command";
        return send_apdu(r, t->value, t->len);
    default:
        fprintf(stderr, "handset: the script has a frame of an unknown kind\n");
        return false;
    }
}

static bool send_all(struct run *r, const uint8_t *script, size_t n)
{
    struct tlv t = {0};
    r->what = "selection";
    if (!send_apdu(r, select_sems, sizeof select_sems))
        return false;
    while (t.end < n) {
        size_t begin = t.end;
        if (!tlv_read(script, n, begin, &t) || !send_object(r, script + begin, t.end - begin, &t))
            return false;
    }
    return n > 0;
}

/* Reads hex text without blanks and remarks; NULL when there is none. */
static uint8_t *read_script(const char *path, size_t *n)
{
    static char line[MAX_LINE];
    FILE *f = fopen(path, "re");
    char *text = f ? calloc(1, 2 * (size_t)SCRIPT_MAX_FILE + 1) : NULL;
    size_t len = 0;
    while (text && fgets(line, sizeof line, f))
        for (const char *c = strncmp(line, "%%%", 3) == 0 ? "" : line;
             *c && len < 2 * (size_t)SCRIPT_MAX_FILE; c++)
            if (!isspace((unsigned char)*c))
                text[len++] = *c;
    if (f)
        fclose(f);
    uint8_t *script = text ? malloc(len / 2 + 1) : NULL;
    ssize_t got = script ? hs_hex_read(text, script, len / 2 + 1) : -1;
    free(text);
    if (got <= 0) {
        free(script);
        return NULL;
    }
    *n = (size_t)got;
    return script;
}

int script_run_file(const char *address, const char *path)
{
    struct run r = {.element = {.fd = -1}};
    size_t n = 0;
    uint8_t *script = read_script(path, &n);
    if (!script) {
        fprintf(stderr, "handset: no script in %s\n", path);
        return SCRIPT_REFUSED;
    }
    if (!element_open(&r.element, address)) {
        free(script);
        fprintf(stderr, "handset: no secure element at %s\n", address);
        return SCRIPT_NO_ELEMENT;
    }
    bool run = send_all(&r, script, n);
    element_close(&r.element);
    free(script);
    return run ? SCRIPT_RUN : SCRIPT_REFUSED;
}
