/* SPDX-License-Identifier: Apache-2.0 */
/* GET DATA. Stations 4, 5 and 11. Pure. [GPCS 11.3.2] */
#include "gp/command/get_data.h"

#include "gp/command/command.h"
#include "gp/tlv.h"

enum { TAG_LIST = 0x5C };

enum tsm_err get_data_write(uint32_t tag, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark;
    NEED(tag != 0 && tag <= 0xFFFF, BAD_VALUE);
    TRY(command_open(&at, INS_GET_DATA, (uint8_t)(tag >> 8), (uint8_t)tag, &mark));
    if (tag == DATA_APPLICATIONS)
        TRY(tlv_write(&at, TAG_LIST, BYTES_NONE)); /* must be there, empty [GPCS 11.3.2.2] */
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}

enum tsm_err get_data_list_write(uint32_t tag, uint32_t wanted, struct writer *capdu)
{
    struct writer at = *capdu;
    size_t mark, list;
    NEED(tag != 0 && tag <= 0xFFFF, BAD_VALUE);
    TRY(command_open(&at, INS_GET_DATA, (uint8_t)(tag >> 8), (uint8_t)tag, &mark));
    TRY(tlv_open(&at, TAG_LIST, &list));
    TRY(tlv_write_tag(&at, wanted));
    TRY(tlv_close(&at, list));
    TRY(command_close(&at, mark, 0));
    *capdu = at;
    return TSM_OK;
}
