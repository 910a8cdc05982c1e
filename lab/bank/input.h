/* SPDX-License-Identifier: Apache-2.0 */
/* Where the bank's verbs take their inputs from: files, descriptors, the environment; never a secret on the
 * command line unless it is a laboratory key. Edge. */
#ifndef LAB_BANK_INPUT_H
#define LAB_BANK_INPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { BANK_MAX_FILE = 1024 * 1024, BANK_MAX_TOKEN = 1024 };

/* Reads a secret named by "fd:N", "@FILE" or "env:NAME" into out, without its line end. False, with a message
 * on standard error that does not hold it, when there is none or it is too long. */
bool bank_read_secret(const char *spec, char *out, size_t cap);

/* A JSON object from FILE or from standard input ("-"). NULL after a message on standard error. */
json_t *bank_read_json(const char *path);

/* The value of KEY in a file of KEY=VALUE lines. False when file or key is missing or the value too long. */
bool bank_read_setting(const char *path, const char *key, char *out, size_t cap);

/* A whole number up to max. */
bool bank_read_number(const char *text, unsigned long max, unsigned long *out);

#endif
