/* SPDX-License-Identifier: Apache-2.0 */
/* A card in a reader of this machine, through the library's PC/SC transport. Edge (station 9). */
#ifndef LAB_HANDSET_APP_DESK_H
#define LAB_HANDSET_APP_DESK_H

#include <opentsm_tsm_api.h>

struct desk;

/* The first reader with a card that has `which` in its name, looked for at each opening. NULL where the
 * library was built without PC/SC, and standard error says so. */
struct desk *desk_new(const char *which);
void desk_free(struct desk *d); /* NULL is legal */

/* As struct tsm_api_transport has them; one channel at a time. */
enum tsm_api_access desk_open(struct desk *d);
size_t desk_transmit(struct desk *d, const uint8_t *capdu, size_t len, uint8_t *rapdu);
void desk_close(struct desk *d);

#endif
