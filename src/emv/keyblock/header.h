/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The readable head of a key block: what the key is for and how it may be used, in sixteen characters and
 * optional blocks. Stations 1 and 5. Pure. [ANSI X9.143 5.2, 5.3 (TR-31); ISO 20038 for version E]
 */
#ifndef TSM_EMV_KEYBLOCK_HEADER_H
#define TSM_EMV_KEYBLOCK_HEADER_H

#include "base/bytes.h"

enum {
    KEYBLOCK_HEAD = 16,        /* characters of the fixed part */
    KEYBLOCK_TEXT_MAX = 9999,  /* what four decimal digits can say */
    KEYBLOCK_OPTIONS_MAX = 16, /* optional blocks; the standard's two digits would allow 99 */
    KEYBLOCK_OPTION_HEAD = 4,  /* identifier and short length */
    KEYBLOCK_LENGTH_AT = 1,    /* where the four digits of the length stand */
    KEYBLOCK_LENGTH_DIGITS = 4,
};

/* A and C: variants of the protection key (deprecated: read, never written). B: derived TDES keys. D: derived
 * AES keys. E: the same with AES in counter mode. */
#define KEYBLOCK_VERSIONS "ABCDE"

/* An optional block: two letters or digits, and printable characters, borrowed. */
struct keyblock_option {
    char id[3];
    struct bytes data;
};

/* The head. Texts end with a 0. What stands in it is known after the MAC was found right, and not before. */
struct keyblock_header {
    char version;   /* one of KEYBLOCK_VERSIONS */
    char usage[3];  /* "P0", "E0", .. */
    char algorithm; /* A AES, T TDES, D DES, H HMAC, R RSA, E elliptic curve, S DSA */
    char mode;      /* B C D E G N S T V X Y */
    char key_version[3];
    char exportability; /* E, N, S */
    char reserved[3];   /* "00"; of X9.143 the key context */
    size_t options_n;   /* with the padding block PB, when one is there */
    struct keyblock_option option[KEYBLOCK_OPTIONS_MAX];
};

/* Cipher block that the head is padded to by PB: 8 for A, B, C, 16 for D, 1 for E; 0 for no version. */
size_t keyblock_align(char version);
/* Characters of the MAC: 8 for A and C, 16 for B, 32 for D and E. */
size_t keyblock_mac_digits(char version);

/*
 * Reads the head with its optional blocks; *length is what the four digits say of the whole block, not yet
 * compared with it. SHORT_INPUT, BAD_FORM for characters that a field cannot have, BAD_VALUE for an unknown
 * version or a PB that is not the last, BAD_LENGTH for an optional block that is shorter than its own head or
 * an extended length that is not four digits, DUPLICATE_TAG, TOO_LONG above KEYBLOCK_OPTIONS_MAX.
 */
enum tsm_err keyblock_header_read(struct reader *text, struct keyblock_header *out, size_t *length);
/*
 * Writes the head, optional blocks in the order given (PB left out) and the PB that alignment asks for; the
 * length digits say `behind` characters more than the head has. Errors as above; TOO_LONG for a block that
 * four digits cannot measure.
 */
enum tsm_err keyblock_header_write(const struct keyblock_header *h, size_t behind, struct writer *text);

/* The first optional block of this identifier, NULL when there is none. */
const struct keyblock_option *keyblock_option_find(const struct keyblock_header *h, const char *id);

#endif
