/* SPDX-License-Identifier: Apache-2.0 */
/* Today as certificates of secure elements say dates. Station 5. Pure. [gp/certificate/certificate.h] */
#include "role/sp/modes/today.h"

#include <time.h>

enum { DECIMAL = 10, MICROSECONDS = 1000000 };

uint32_t today_of(time_us now)
{
    time_t seconds = (time_t)(now / MICROSECONDS);
    struct tm utc;
    uint32_t year, month, day, out = 0;
    gmtime_r(&seconds, &utc);
    year = (uint32_t)utc.tm_year + 1900;
    month = (uint32_t)utc.tm_mon + 1;
    day = (uint32_t)utc.tm_mday;
    for (uint32_t part = 1000; part; part /= DECIMAL)
        out = out << 4 | year / part % DECIMAL;
    out = out << 8 | (month / DECIMAL) << 4 | month % DECIMAL;
    return out << 8 | (day / DECIMAL) << 4 | day % DECIMAL;
}
