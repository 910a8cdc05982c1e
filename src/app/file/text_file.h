/* SPDX-License-Identifier: Apache-2.0 */
/* Small files that the command line names, of which some hold keys: read without a second copy in a library's
 * buffer. App. */
#ifndef TSM_APP_FILE_TEXT_FILE_H
#define TSM_APP_FILE_TEXT_FILE_H

#include "base/bytes.h"

enum { TEXT_FILE_MAX = 16384 };

/* Appends all that "fd:N", "@FILE" or a path gives. IO; TOO_LONG when the writer is full before the end. */
enum tsm_err text_file_read(const char *name, struct writer *out);
/* Whether a value of the command line is one of the first two. */
bool text_file_named(const char *value);

/* Appends the octets of hex digits with blanks and line ends between them. BAD_FORM. */
enum tsm_err text_hex(struct bytes text, struct writer *out);
/* The next line that is not empty, without its end; NOT_FOUND. */
enum tsm_err text_line(struct bytes *text, struct bytes *line);

#endif
