// Copyright: (c) 2026, mailops contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Internal to mailops.mailessentials: one endpoint, stage by stage: its name, its port, TLS, HTTP
// or DNS. C# 5 and .NET Framework 4.x, as Windows PowerShell 5.1 has them.
// It may change in any release; do not use it from elsewhere.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Tasks;
using ansible_collections.mailops.mailessentials.plugins.module_utils._ArrivalStream;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Certificate;
using ansible_collections.mailops.mailessentials.plugins.module_utils._DnsMessage;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Endpoint;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Http;

namespace ansible_collections.mailops.mailessentials.plugins.module_utils._Attempt
{
    // Asks for each name once.
    public class Resolver
    {
        private readonly Dictionary<string, Task<IPAddress[]>> asked =
            new Dictionary<string, Task<IPAddress[]>>(StringComparer.OrdinalIgnoreCase);

        public Task<IPAddress[]> Resolve(string host)
        {
            IPAddress literal;
            if (IPAddress.TryParse(host, out literal))
            {
                return Task.FromResult(new[] { literal });
            }
            lock (asked)
            {
                Task<IPAddress[]> answer;
                if (!asked.TryGetValue(host, out answer))
                {
                    answer = Dns.GetHostAddressesAsync(host);
                    asked[host] = answer;
                }
                return answer;
            }
        }
    }

    // One endpoint, stage by stage. Disposing it closes whatever is open.
    public class Attempt : IDisposable
    {
        private const int MostAddresses = 8;
        private const int MostServers = 4;
        private const int AskAgain = 2000;
        private const SslProtocols Tls10To12 = (SslProtocols)(0xC0 | 0x300 | 0xC00);

        public readonly Finding Finding = new Finding();
        public readonly Stopwatch Clock = Stopwatch.StartNew();
        private readonly Endpoint endpoint;
        private readonly Settings settings;
        private readonly Resolver resolver;
        private readonly List<IDisposable> open = new List<IDisposable>();
        private bool closed;

        public Attempt(Endpoint endpoint, Settings settings, Resolver resolver)
        {
            this.endpoint = endpoint;
            this.settings = settings;
            this.resolver = resolver;
        }

        public async Task Make()
        {
            try
            {
                if (endpoint.Kind == "dns") { await AskServers().ConfigureAwait(false); }
                else { await Reach().ConfigureAwait(false); }
                Finding.Done = Finding.Error.Length == 0;
            }
            catch (Exception exception)
            {
                Finding.Error = Word(exception);
            }
        }

        public void Dispose()
        {
            lock (open)
            {
                closed = true;
                foreach (IDisposable one in open) { one.Dispose(); }
            }
        }

        private T Keep<T>(T one) where T : IDisposable
        {
            lock (open)
            {
                if (closed)
                {
                    one.Dispose();
                    throw new StoppedException("Timeout");
                }
                open.Add(one);
            }
            return one;
        }

        private static string Word(Exception exception)
        {
            StoppedException stopped = exception as StoppedException;
            if (stopped != null) { return stopped.Message; }
            for (Exception inner = exception; inner != null; inner = inner.InnerException)
            {
                SocketException socket = inner as SocketException;
                if (socket != null) { return socket.SocketErrorCode.ToString(); }
            }
            if (exception is EndOfStreamException) { return "Closed"; }
            if (exception is InvalidDataException) { return "Garbage"; }
            return exception.GetBaseException().GetType().Name;
        }

        // TCP, TLS, HTTP

        private async Task Reach()
        {
            bool proxied = endpoint.ThroughProxy;
            bool plain = endpoint.Kind == "http";
            bool encrypted = endpoint.Kind == "tls" || endpoint.Kind == "https";
            string host = proxied ? settings.ProxyHost : endpoint.Host;
            int port = proxied ? settings.ProxyPort : endpoint.Port;
            TcpClient client = await Connect(host, port).ConfigureAwait(false);
            Stream stream = Keep(client.GetStream());
            if (proxied && !plain)
            {
                Finding.Stage = "proxy";
                string connect = Http.Connect(endpoint);
                int status = await Http.Ask(stream, connect, Finding).ConfigureAwait(false);
                Finding.ProxyStatus = status;
                if (status < 200 || status > 299) { throw new StoppedException("ProxyStatus"); }
            }
            if (encrypted) { stream = await Encrypt(stream).ConfigureAwait(false); }
            if (endpoint.Kind == "https" && ((IList)Finding.Certificate["policy"]).Count > 0)
            {
                throw new StoppedException("Certificate");
            }
            if (plain || endpoint.Kind == "https")
            {
                Finding.Stage = "http";
                string head = Http.Head(endpoint, plain && proxied);
                Finding.Status = await Http.Ask(stream, head, Finding).ConfigureAwait(false);
            }
        }

        // All addresses of a name at once; the first that answers is taken.
        private async Task<TcpClient> Connect(string host, int port)
        {
            IPAddress[] addresses = await resolver.Resolve(host).ConfigureAwait(false);
            Finding.Addresses = addresses.Select(address => address.ToString()).ToArray();
            Finding.Address = Finding.Addresses.FirstOrDefault() ?? "";
            if (addresses.Length == 0) { throw new StoppedException("NoData"); }
            Finding.Stage = "connect";
            List<Task<TcpClient>> tries = addresses.Take(MostAddresses)
                .Select(address => ConnectTo(address, port)).ToList();
            Task<TcpClient>[] all = tries.ToArray();
            while (tries.Count > 0)
            {
                Task<TcpClient> first = await Task.WhenAny(tries).ConfigureAwait(false);
                tries.Remove(first);
                if (first.Status == TaskStatus.RanToCompletion)
                {
                    foreach (Task<TcpClient> other in tries) { Observe(other); }
                    Finding.Address = Finding.Addresses[Array.IndexOf(all, first)];
                    return first.Result;
                }
                Observe(first);
            }
            // A refusal says more than an address of a family that the host cannot reach.
            int told = Math.Max(0, Array.FindIndex(
                all, one => Word(one.Exception.InnerException) == "ConnectionRefused"));
            Finding.Address = Finding.Addresses[told];
            throw all[told].Exception.InnerException;
        }

        private async Task<TcpClient> ConnectTo(IPAddress address, int port)
        {
            TcpClient client = Keep(new TcpClient(address.AddressFamily));
            await client.ConnectAsync(address, port).ConfigureAwait(false);
            return client;
        }

        private static void Observe(Task task)
        {
            task.ContinueWith(
                failed => failed.Exception,
                TaskContinuationOptions.OnlyOnFaulted
                    | TaskContinuationOptions.ExecuteSynchronously);
        }

        // The handshake is finished whatever the certificate, so that it can be told; nothing is
        // sent over it unless it is trusted.
        private async Task<Stream> Encrypt(Stream stream)
        {
            Finding.Stage = "tls";
            // Windows may take long over the certificate, inside the handshake: whether the server
            // is silent is told by its first bytes alone.
            Stream watched = new ArrivalStream(
                stream, () => { Finding.TlsFirstByte = Clock.ElapsedMilliseconds; });
            bool refused = false;
            SslStream secured = Secure(watched);
            try
            {
                await secured.AuthenticateAsClientAsync(
                    endpoint.Host, null, SslProtocols.None, false).ConfigureAwait(false);
            }
            catch (ArgumentException)
            {
                // .NET Framework before 4.7, and programs made for it, cannot leave the choice to
                // Windows; nothing was sent by then.
                refused = true;
            }
            if (refused)
            {
                secured = Secure(watched);
                await secured.AuthenticateAsClientAsync(
                    endpoint.Host, null, Tls10To12, false).ConfigureAwait(false);
            }
            return secured;
        }

        private SslStream Secure(Stream stream)
        {
            return Keep(new SslStream(stream, true, (sender, certificate, chain, errors) =>
            {
                Finding.Certificate = CertificateReader.Describe(certificate, chain, errors);
                return true;
            }));
        }

        // DNS

        // Without a server all that are configured are asked; the first that answers is told, else
        // the first one's failure.
        private async Task AskServers()
        {
            if (endpoint.Host.Length > 0)
            {
                await AskServer(endpoint.Host, Finding).ConfigureAwait(false);
                return;
            }
            string[] servers = settings.NameServers.Take(MostServers).ToArray();
            if (servers.Length == 0) { throw new StoppedException("NoServer"); }
            Finding.Addresses = servers;
            Finding.Address = servers[0];
            Finding.Stage = "dns";
            Finding[] own = servers.Select(server => new Finding()).ToArray();
            List<Task> tries =
                servers.Select((server, index) => AskServer(server, own[index])).ToList();
            Task[] all = tries.ToArray();
            while (tries.Count > 0)
            {
                Task first = await Task.WhenAny(tries).ConfigureAwait(false);
                tries.Remove(first);
                Observe(first);
                if (first.Status != TaskStatus.RanToCompletion) { continue; }
                foreach (Task other in tries) { Observe(other); }
                Finding answered = own[Array.IndexOf(all, first)];
                Finding.Address = answered.Address;
                Finding.DnsCode = answered.DnsCode;
                Finding.DnsAddresses = answered.DnsAddresses;
                return;
            }
            throw all[0].Exception.InnerException;
        }

        private async Task AskServer(string server, Finding finding)
        {
            IPAddress[] addresses = await resolver.Resolve(server).ConfigureAwait(false);
            if (addresses.Length == 0) { throw new StoppedException("NoData"); }
            finding.Addresses = addresses.Select(address => address.ToString()).ToArray();
            finding.Address = finding.Addresses[0];
            finding.Stage = "dns";
            ushort id = BitConverter.ToUInt16(Guid.NewGuid().ToByteArray(), 0);
            byte[] query = DnsMessage.Query(id, endpoint.Query);
            byte[] message = endpoint.Transport == "tcp"
                ? await AskByTcp(addresses[0], query).ConfigureAwait(false)
                : await AskByUdp(addresses[0], query, id).ConfigureAwait(false);
            if (!DnsMessage.IsAnswerTo(message, id)) { throw new StoppedException("Garbage"); }
            DnsAnswer answer = DnsMessage.Read(message);
            finding.DnsAddresses = answer.Addresses;
            finding.DnsCode = answer.Code;
        }

        // A datagram may get lost, so the question is sent again; answers to other questions are
        // passed over.
        private async Task<byte[]> AskByUdp(IPAddress server, byte[] query, ushort id)
        {
            UdpClient client = Keep(new UdpClient(server.AddressFamily));
            client.Connect(server, endpoint.Port);
            Task<UdpReceiveResult> receive = null;
            while (true)
            {
                await client.SendAsync(query, query.Length).ConfigureAwait(false);
                Task again = Task.Delay(AskAgain);
                receive = receive ?? client.ReceiveAsync();
                while (await Task.WhenAny(receive, again).ConfigureAwait(false) == receive)
                {
                    byte[] message = (await receive.ConfigureAwait(false)).Buffer;
                    if (DnsMessage.IsAnswerTo(message, id)) { return message; }
                    receive = client.ReceiveAsync();
                }
                Observe(receive);
            }
        }

        private async Task<byte[]> AskByTcp(IPAddress server, byte[] query)
        {
            TcpClient client = await ConnectTo(server, endpoint.Port).ConfigureAwait(false);
            Stream stream = Keep(client.GetStream());
            byte[] length = new[] { (byte)(query.Length >> 8), (byte)query.Length };
            byte[] sent = length.Concat(query).ToArray();
            await stream.WriteAsync(sent, 0, sent.Length).ConfigureAwait(false);
            length = await ReadExactly(stream, 2).ConfigureAwait(false);
            return await ReadExactly(stream, (length[0] << 8) | length[1]).ConfigureAwait(false);
        }

        private static async Task<byte[]> ReadExactly(Stream stream, int count)
        {
            byte[] content = new byte[count];
            int had = 0;
            while (had < count)
            {
                int more = await stream.ReadAsync(content, had, count - had).ConfigureAwait(false);
                if (more == 0) { throw new EndOfStreamException(); }
                had += more;
            }
            return content;
        }
    }
}
