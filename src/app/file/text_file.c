/* SPDX-License-Identifier: Apache-2.0 */
/* Small files read by the system's own calls, and the octets that stand in them as text. App. */
#include "app/file/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"

static const char number[] = "fd:";

bool text_file_named(const char *value)
{
    return value[0] == '@' || strncmp(value, number, strlen(number)) == 0;
}

static enum tsm_err read_all(int fd, const char *name, struct writer *out)
{
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && out->len < out->cap) {
        n = read(fd, &out->at[out->len], out->cap - out->len);
        out->len += n > 0 ? (size_t)n : 0;
    }
    if (n < 0)
        return FAIL(IO, "%.100s: %s", name, strerror(errno));
    return n == 0 ? TSM_OK : FAIL(TOO_LONG, "%.100s is longer than %zu octets", name, out->cap - 1);
}

enum tsm_err text_file_read(const char *name, struct writer *out)
{
    enum tsm_err e;
    int fd;
    if (strncmp(name, number, strlen(number)) == 0)
        return read_all(atoi(&name[strlen(number)]), name, out);
    fd = open(name[0] == '@' ? &name[1] : name, O_RDONLY | O_CLOEXEC);
    e = read_all(fd, name, out);
    if (fd >= 0)
        close(fd);
    return e;
}

static bool is_blank(uint8_t ch)
{
    return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

enum tsm_err text_hex(struct bytes text, struct writer *out)
{
    char pair[3] = "";
    size_t digits = 0, n, from = out->len;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t octet;
        if (is_blank(text.at[i]))
            continue;
        pair[digits++] = (char)text.at[i];
        if (digits < 2)
            continue;
        TRY(hex_read(pair, &octet, 1, &n));
        TRY(write_u8(out, octet));
        digits = 0;
    }
    NEED(digits == 0 && out->len > from, BAD_FORM);
    return TSM_OK;
}

enum tsm_err text_line(struct bytes *text, struct bytes *line)
{
    size_t from = 0, to;
    while (from < text->len && is_blank(text->at[from]))
        from++;
    NEED(from < text->len, NOT_FOUND);
    for (to = from; to < text->len && text->at[to] != '\n';)
        to++;
    TRY(bytes_part(*text, from, to - from, line));
    return bytes_part(*text, to, text->len - to, text);
}
