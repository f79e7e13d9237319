// Copyright: (c) 2026, mailops contributors
// GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Internal to mailops.mailessentials: reaches endpoints, many at once, and tells how far it came. C# 5 and .NET Framework 4.x, as Windows PowerShell 5.1
// has them, where no call on a socket can be cancelled: what takes too long is left behind, its sockets closed.
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
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ansible_collections.mailops.mailessentials.plugins.module_utils._ArrivalStream;
using ansible_collections.mailops.mailessentials.plugins.module_utils._Certificate;
using ansible_collections.mailops.mailessentials.plugins.module_utils._DnsMessage;

namespace ansible_collections.mailops.mailessentials.plugins.module_utils._Probe
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
                { "addresses", Addresses }, { "address", Address }, { "stage", Stage }, { "done", Done }, { "error", Error },
                { "proxy_status", ProxyStatus }, { "status", Status }, { "headers", Headers }, { "dns_code", DnsCode },
                { "dns_addresses", DnsAddresses }, { "certificate", Certificate }, { "tls_first_byte_milliseconds", TlsFirstByte },
                { "milliseconds", Milliseconds }
            };
        }
    }

    // Ends an attempt with a word of the worker's answer.
    public class StoppedException : Exception
    {
        public StoppedException(string word) : base(word) { }
    }

    public static class Probe
    {
        private const int AtOnce = 64;

        // One finding for each endpoint, in order, before the deadline (in milliseconds) is over.
        public static Finding[] Run(Endpoint[] endpoints, Settings settings)
        {
            // .NET Framework resolves names on threads of the pool, which grows by one or two a second only.
            int workers, ports;
            ThreadPool.GetMinThreads(out workers, out ports);
            ThreadPool.SetMinThreads(Math.Max(workers, 4 * AtOnce), Math.Max(ports, 4 * AtOnce));
            Stopwatch clock = Stopwatch.StartNew();
            Resolver resolver = new Resolver();
            SemaphoreSlim places = new SemaphoreSlim(AtOnce);
            return Task.WhenAll(endpoints.Select(endpoint => RunOne(endpoint, settings, resolver, places, clock))).GetAwaiter().GetResult();
        }

        private static async Task<Finding> RunOne(Endpoint endpoint, Settings settings, Resolver resolver, SemaphoreSlim places, Stopwatch clock)
        {
            if (!await places.WaitAsync(Left(settings, clock)).ConfigureAwait(false)) { return new Finding { Error = "Deadline" }; }
            try
            {
                int left = Left(settings, clock);
                if (left == 0) { return new Finding { Error = "Deadline" }; }
                using (Attempt attempt = new Attempt(endpoint, settings, resolver))
                {
                    Task work = Task.Run(() => attempt.Make());
                    bool ended = await Task.WhenAny(work, Task.Delay(Math.Min(settings.Timeout, left))).ConfigureAwait(false) == work;
                    Finding finding = attempt.Finding.Copy();
                    if (!ended && !finding.Done) { finding.Error = left < settings.Timeout ? "Deadline" : "Timeout"; }
                    finding.Milliseconds = attempt.Clock.ElapsedMilliseconds;
                    return finding;
                }
            }
            finally
            {
                places.Release();
            }
        }

        private static int Left(Settings settings, Stopwatch clock)
        {
            return (int)Math.Max(0, settings.Deadline - clock.ElapsedMilliseconds);
        }
    }

    // Asks for each name once.
    public class Resolver
    {
        private readonly Dictionary<string, Task<IPAddress[]>> asked = new Dictionary<string, Task<IPAddress[]>>(StringComparer.OrdinalIgnoreCase);

        public Task<IPAddress[]> Resolve(string host)
        {
            IPAddress literal;
            if (IPAddress.TryParse(host, out literal)) { return Task.FromResult(new[] { literal }); }
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
        private const int LongestHeader = 64 * 1024;
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
            TcpClient client = await Connect(host, proxied ? settings.ProxyPort : endpoint.Port).ConfigureAwait(false);
            Stream stream = Keep(client.GetStream());
            if (proxied && !plain)
            {
                Finding.Stage = "proxy";
                int status = await Ask(stream, "CONNECT " + Authority(true) + " HTTP/1.1\r\nHost: " + Authority(true) + "\r\n\r\n").ConfigureAwait(false);
                Finding.ProxyStatus = status;
                if (status < 200 || status > 299) { throw new StoppedException("ProxyStatus"); }
            }
            if (encrypted) { stream = await Encrypt(stream).ConfigureAwait(false); }
            if (endpoint.Kind == "https" && ((IList)Finding.Certificate["policy"]).Count > 0) { throw new StoppedException("Certificate"); }
            if (plain || endpoint.Kind == "https")
            {
                Finding.Stage = "http";
                string target = plain && proxied ? "http://" + Authority(false) + endpoint.Path : endpoint.Path;
                string agent = "User-Agent: mailops.mailessentials endpoint_check\r\nAccept: */*\r\nConnection: close\r\n\r\n";
                Finding.Status = await Ask(stream, "HEAD " + target + " HTTP/1.1\r\nHost: " + Authority(false) + "\r\n" + agent).ConfigureAwait(false);
            }
        }

        private string Authority(bool withPort)
        {
            string host = endpoint.Host.Contains(":") ? "[" + endpoint.Host + "]" : endpoint.Host;
            return !withPort && endpoint.Port == (endpoint.Kind == "https" ? 443 : 80) ? host : host + ":" + endpoint.Port;
        }

        // All addresses of a name at once; the first that answers is taken.
        private async Task<TcpClient> Connect(string host, int port)
        {
            IPAddress[] addresses = await resolver.Resolve(host).ConfigureAwait(false);
            Finding.Addresses = addresses.Select(address => address.ToString()).ToArray();
            Finding.Address = Finding.Addresses.FirstOrDefault() ?? "";
            if (addresses.Length == 0) { throw new StoppedException("NoData"); }
            Finding.Stage = "connect";
            List<Task<TcpClient>> tries = addresses.Take(MostAddresses).Select(address => ConnectTo(address, port)).ToList();
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
            int told = Math.Max(0, Array.FindIndex(all, one => Word(one.Exception.InnerException) == "ConnectionRefused"));
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
            task.ContinueWith(failed => failed.Exception, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously);
        }

        // The handshake is finished whatever the certificate, so that it can be told; nothing is sent over it unless it is trusted.
        private async Task<Stream> Encrypt(Stream stream)
        {
            Finding.Stage = "tls";
            // Windows may take long over the certificate, inside the handshake: whether the server is silent is told by its first bytes alone.
            Stream watched = new ArrivalStream(stream, () => { Finding.TlsFirstByte = Clock.ElapsedMilliseconds; });
            bool refused = false;
            SslStream secured = Secure(watched);
            try
            {
                await secured.AuthenticateAsClientAsync(endpoint.Host, null, SslProtocols.None, false).ConfigureAwait(false);
            }
            catch (ArgumentException)
            {
                // .NET Framework before 4.7, and programs made for it, cannot leave the choice to Windows; nothing was sent by then.
                refused = true;
            }
            if (refused)
            {
                secured = Secure(watched);
                await secured.AuthenticateAsClientAsync(endpoint.Host, null, Tls10To12, false).ConfigureAwait(false);
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

        // Sends a request and reads the head of its answer, byte by byte so that nothing of what follows is taken.
        private async Task<int> Ask(Stream stream, string request)
        {
            byte[] sent = Encoding.ASCII.GetBytes(request);
            await stream.WriteAsync(sent, 0, sent.Length).ConfigureAwait(false);
            await stream.FlushAsync().ConfigureAwait(false);
            StringBuilder head = new StringBuilder();
            byte[] one = new byte[1];
            while (!EndsHead(head))
            {
                if (head.Length >= LongestHeader) { throw new StoppedException("TooLong"); }
                if (await stream.ReadAsync(one, 0, 1).ConfigureAwait(false) == 0) { throw new StoppedException(head.Length == 0 ? "Closed" : "Garbage"); }
                head.Append((char)one[0]);
                if (head.Length <= 5 && !"HTTP/".StartsWith(head.ToString(), StringComparison.Ordinal)) { throw new StoppedException("Garbage"); }
            }
            string[] lines = head.ToString().Split(new[] { '\n' }, StringSplitOptions.RemoveEmptyEntries);
            Finding.Headers = lines.Skip(1).Where(line => line.IndexOf(':') > 0).Select(line => line.Substring(0, line.IndexOf(':')).Trim().ToLowerInvariant())
                .Where(name => name.Length <= 64 && name.All(sign => sign > ' ' && sign < (char)127)).Distinct().Take(64).ToArray();
            string[] words = lines[0].Trim().Split(' ');
            int status;
            if (words.Length < 2 || words[1].Length != 3 || !int.TryParse(words[1], out status) || status < 100) { throw new StoppedException("Garbage"); }
            return status;
        }

        private static bool EndsHead(StringBuilder head)
        {
            int length = head.Length;
            if (length < 2 || head[length - 1] != '\n') { return false; }
            return head[length - 2] == '\n' || (length > 3 && head[length - 2] == '\r' && head[length - 3] == '\n');
        }

        // DNS

        // Without a server all that are configured are asked; the first that answers is told, else the first one's failure.
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
            List<Task> tries = servers.Select((server, index) => AskServer(server, own[index])).ToList();
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

        // A datagram may get lost, so the question is sent again; answers to other questions are passed over.
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
            byte[] sent = new[] { (byte)(query.Length >> 8), (byte)query.Length }.Concat(query).ToArray();
            await stream.WriteAsync(sent, 0, sent.Length).ConfigureAwait(false);
            byte[] length = await ReadExactly(stream, 2).ConfigureAwait(false);
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
