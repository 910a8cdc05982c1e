/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that quote others, or whose limit cut a character in two, made whole. Every station. Pure. [RFC 3629]
 */
#ifndef TSM_BASE_UTF8_H
#define TSM_BASE_UTF8_H

#include <stddef.h>

/* Octets of the character at the start of a text; 0 where there is none, and at its end. */
size_t utf8_character(const char *text);
/* In place: a character that is cut at the end goes, and every other octet that is no UTF-8 becomes '?'.
 * Returns `text`. */
char *utf8_clean(char *text);

#endif
