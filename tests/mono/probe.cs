// SPDX-License-Identifier: GPL-3.0-or-later

// The probe as a program of Mono: it makes the runs of its input one by one.
// Standard input: a JSON list of {endpoints, proxy_host, proxy_port, timeout_milliseconds,
// deadline_milliseconds, name_servers}. Standard output: for each the list of what was found, with
// the names of the worker's answer. The argument is the file of the authority that is trusted.

using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Web.Script.Serialization;
using Mono.Security.X509;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Endpoint;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Probe;
using Table = System.Collections.Generic.Dictionary<string, object>;

public static class Program
{
    public static void Main(string[] arguments)
    {
        // Mono's TLS looks here; X509Store writes to another place.
        X509StoreManager.NewCurrentUser.TrustedRoot.Import(
            new X509Certificate(File.ReadAllBytes(arguments[0])));
        JavaScriptSerializer json = new JavaScriptSerializer();
        List<Table> runs = json.Deserialize<List<Table>>(Console.In.ReadToEnd());
        Console.Out.Write(json.Serialize(runs.Select(Run).ToArray()));
    }

    private static Hashtable[] Run(Table run)
    {
        Settings settings = new Settings
        {
            ProxyHost = (string)run["proxy_host"],
            ProxyPort = (int)run["proxy_port"],
            Timeout = (int)run["timeout_milliseconds"],
            Deadline = (int)run["deadline_milliseconds"],
            NameServers = ((ArrayList)run["name_servers"]).Cast<string>().ToArray()
        };
        Endpoint[] endpoints = ((ArrayList)run["endpoints"]).Cast<Table>().Select(Read).ToArray();
        return Probe.Run(endpoints, settings).Select(finding => finding.ToTable()).ToArray();
    }

    private static Endpoint Read(Table asked)
    {
        return new Endpoint
        {
            Kind = (string)asked["kind"],
            Host = (string)asked["host"],
            Port = (int)asked["port"],
            Query = (string)asked["query"],
            Transport = (string)asked["transport"],
            Path = (string)asked["path"],
            ThroughProxy = (bool)asked["through_proxy"]
        };
    }
}
