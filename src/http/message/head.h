/* SPDX-License-Identifier: Apache-2.0 */
/* Strict HTTP/1.1 request heads: octets in, borrowed spans out. Station 1. Pure. [RFC 9112 2-6, RFC 9110
 * 5-7, 10.1.1]
 */
#ifndef TSM_HTTP_MESSAGE_HEAD_H
#define TSM_HTTP_MESSAGE_HEAD_H

#include "base/bytes.h"

enum {
    HTTP_HEAD_MAX = 8192,   /* octets of request line and fields, the empty line included */
    HTTP_LINES_MAX = 64,    /* field lines */
    HTTP_TARGET_MAX = 4096, /* octets of the request target */
    HTTP_METHOD_MAX = 16,
};

/*
 * Why a request is refused before anybody looks at its meaning: name, status, text. Every row is a way by
 * which two HTTP readers in one chain can be made to see different requests, or a limit.
 */
#define HTTP_REFUSALS(X)                                                                   \
    X(BARE_LF, 400, "a line ends in LF without CR")                                        \
    X(BARE_CR, 400, "CR stands without LF")                                                \
    X(BAD_OCTET, 400, "the head holds NUL or another control character")                   \
    X(BAD_REQUEST_LINE, 400, "the request line is not: method SP target SP version")       \
    X(BAD_METHOD, 400, "the method is not a token of at most 16 characters")               \
    X(BAD_TARGET, 400, "the request target is neither a path nor the address of a page")   \
    X(TARGET_TOO_LONG, 414, "the request target is longer than 4096 octets")               \
    X(BAD_VERSION, 505, "only HTTP/1.1 and HTTP/1.0 are spoken here")                      \
    X(HEAD_TOO_LONG, 431, "the head is longer than 8192 octets")                           \
    X(TOO_MANY_LINES, 431, "the head has more than 64 field lines")                        \
    X(FOLDED_LINE, 400, "a field line starts with white space")                            \
    X(BAD_FIELD_NAME, 400, "a field name is empty or holds a character outside a token")   \
    X(NO_HOST, 400, "the Host field is missing")                                           \
    X(TWO_HOSTS, 400, "the Host field occurs twice")                                       \
    X(BAD_HOST, 400, "the Host field holds no host")                                       \
    X(BAD_LENGTH, 400, "Content-Length is not a decimal number of at most 15 digits")      \
    X(TWO_LENGTHS, 400, "Content-Length occurs twice")                                     \
    X(LENGTH_AND_CODING, 400, "Content-Length and Transfer-Encoding occur together")       \
    X(TWO_CODINGS, 400, "Transfer-Encoding occurs twice")                                  \
    X(UNKNOWN_CODING, 501, "the transfer coding is not chunked alone")                     \
    X(CODING_IN_1_0, 400, "a transfer coding came with HTTP/1.0")                          \
    X(UNKNOWN_EXPECTATION, 417, "only 100-continue may be expected")                       \
    X(BAD_CHUNK_SIZE, 400, "a chunk size is not a hexadecimal number of at most 8 digits") \
    X(BAD_CHUNK_END, 400, "the data of a chunk are not followed by CR LF")                 \
    X(BAD_CHUNK_EXTENSION, 400, "a chunk extension is malformed or too long")              \
    X(BAD_TRAILER, 400, "the trailer section is malformed or too long")                    \
    X(BODY_TOO_LONG, 413, "the body is longer than this address takes")

/* What a reader says: the message is complete, octets are missing, data were found, or a refusal. */
enum http_verdict {
    HTTP_READY = 0,
    HTTP_MORE,
    HTTP_DATA,
#define X(name, status, text) HTTP_##name,
    HTTP_REFUSALS(X)
#undef X
        HTTP_VERDICTS
};

/* Status and text of a refusal; 400 and "" for the three that are none. */
int http_refusal_status(enum http_verdict v);
const char *http_refusal_text(enum http_verdict v);
static inline bool http_refused(enum http_verdict v)
{
    return v > HTTP_DATA;
}

struct http_field {
    struct bytes name, value; /* value without white space around it */
};

/* A request head; every span borrows from the octets it was read from. */
struct http_head {
    struct bytes method, target;
    struct bytes path, query; /* of the target, still percent-encoded; the path is never empty */
    unsigned minor;           /* HTTP/1.minor */
    bool has_host, has_length, chunked, keep_alive, expects_continue;
    uint64_t content_length; /* 0 when there is none */
    size_t n_fields;
    struct http_field fields[HTTP_LINES_MAX];
    size_t size; /* octets of the head in the input; the body starts there */
};

/*
 * Reads one head from the start of `in`. *scanned is how far earlier calls over the same octets have come: 0
 * at first, kept by the caller, so that octets that arrive one by one are looked at once. MORE when the empty
 * line has not come yet; only READY writes *out. The absolute form of a target is taken as the path in it,
 * "*" with OPTIONS alone.
 */
enum http_verdict http_head_read(struct bytes in, size_t *scanned, struct http_head *out);

/*
 * The path of a request whose head was refused, or what stands in its place, for the words of the refusal
 * alone; it borrows from `in`, and is empty when there is none.
 */
struct bytes http_path_told(struct bytes in);

/* The characters of tokens [RFC 9110 5.6.2] and a comparison without regard to case, for the neighbours. */
bool http_is_token(struct bytes b);
bool http_same_word(struct bytes b, const char *word);
/* Takes one line from the reader, without its CR LF; false when no CR is left. */
bool http_take_line(struct reader *r, struct bytes *line);
/* Reads "name: value"; the rules of a field line also hold for trailers. */
enum http_verdict http_field_read(struct bytes line, struct http_field *out);

#endif
