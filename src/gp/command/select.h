/* SPDX-License-Identifier: Apache-2.0 */
/* SELECT by name and the file control information of a security domain. Stations 5 and 10. Pure. [GPCS 11.9]
 */
#ifndef TSM_GP_COMMAND_SELECT_H
#define TSM_GP_COMMAND_SELECT_H

#include "base/bytes.h"

/* Spans are borrowed. `max_data` (9F65) is the longest command data field the domain takes; 0 when not said.
 */
struct select_fci {
    struct bytes aid;
    struct bytes management; /* 73: security domain management data */
    struct bytes life_cycle; /* 9F6E: application production life cycle data */
    uint32_t max_data;
};

/* An empty AID selects the issuer security domain. */
enum tsm_err select_write(struct bytes aid, struct writer *capdu);
/* Reads the data of the answer: template 6F. */
enum tsm_err select_fci_read(struct bytes data, struct select_fci *out);
enum tsm_err select_fci_write(const struct select_fci *fci, struct writer *w);

#endif
