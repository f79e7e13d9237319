// Copyright: (c) 2026, mailops contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Internal to mailops.mailessentials: an endpoint that is to be reached, and what is met on the
// way. C# 5, as Windows PowerShell 5.1 has it.
// It may change in any release; do not use it from elsewhere.

using System;
using System.Collections;

namespace ansible_collections.mailops.mailessentials.plugins.module_utils._Endpoint
{
    public class Endpoint
    {
        public string Kind;
        public string Host;
        public int Port;
        public string Query;
        public string Transport;
        public string Path;
        public bool ThroughProxy;
    }

    public class Settings
    {
        public string ProxyHost;
        public int ProxyPort;
        public int Timeout;
        public int Deadline;
        public string[] NameServers;
    }

    // What was met. The names of the table are those of the worker's answer.
    public class Finding
    {
        public string[] Addresses = new string[0];
        public string Address = "";
        public string Stage = "resolve";
        public bool Done;
        public string Error = "";
        public object ProxyStatus;
        public object Status;
        public string[] Headers = new string[0];
        public object DnsCode;
        public int DnsAddresses;
        public Hashtable Certificate;
        public object TlsFirstByte;
        public long Milliseconds;

        public Finding Copy()
        {
            return (Finding)MemberwiseClone();
        }

        public Hashtable ToTable()
        {
            return new Hashtable
            {
                { "addresses", Addresses }, { "address", Address }, { "stage", Stage },
                { "done", Done }, { "error", Error }, { "proxy_status", ProxyStatus },
                { "status", Status }, { "headers", Headers }, { "dns_code", DnsCode },
                { "dns_addresses", DnsAddresses }, { "certificate", Certificate },
                { "tls_first_byte_milliseconds", TlsFirstByte }, { "milliseconds", Milliseconds }
            };
        }
    }

    // Ends an attempt with a word of the worker's answer.
    public class StoppedException : Exception
    {
        public StoppedException(string word) : base(word) { }
    }
}
