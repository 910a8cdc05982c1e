/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the OTA role share: the role, and what the network says of its exchanges. Role. */
#ifndef TSM_ROLE_OTA_INSIDE_H
#define TSM_ROLE_OTA_INSIDE_H

#include "engine/element/exchange.h"
#include "role/ota/ending.h"
#include "role/ota/ota.h"
#include "role/ota/sent.h"

enum { SECURED_PACKET_MAX = 2048 };

struct ota {
    struct ota_config c;
    struct smpp_link *link;
    struct sent_table *sent;
    struct reassembly_pool pool;
    struct endings endings;
};

/* The role as the link's listener; in heard.c. */
struct smpp_events ota_events(struct ota *o);

#endif
