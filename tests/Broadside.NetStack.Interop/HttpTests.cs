using System.Globalization;
using System.Text.RegularExpressions;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Interop.Harness;

namespace Broadside.NetStack.Interop;

/// <summary>Many connections of programs that know nothing of us.</summary>
public sealed partial class HttpTests : InteropTest
{
    private const int BodyLength = 1000;

    [Theory]
    [InlineData("tun", false, 0)]
    [InlineData("packet", false, 0)]
    [InlineData("xdp", false, 0)]
    [InlineData("xdp", true, 0)]
    [InlineData("xdp", false, 0.01)]
    [InlineData("tun", false, 0.01)]
    public async Task Curl_gets_what_it_asks_for(string kind, bool isIPv6, double loss)
    {
        var faults = loss == 0 ? null : new FaultOptions { Loss = loss, Duplication = loss, Reordering = loss };
        var link = Open(new() { Kind = kind, Faults = faults });
        var responder = link.Own(new HttpResponder(link.Arena, Noise.Bytes.AsSpan(0, BodyLength)));
        var url = UrlOf(await link.Listen(responder, isIPv6));
        var count = loss == 0 ? 1000 : 100;

        // All on one connection, and one for each.
        var codes = await Run(link, "curl", $"-s -o /dev/null -w %{{http_code}}%{{size_download}}, {url}/[1-{count}]");
        Assert.Equal(string.Concat(Enumerable.Repeat($"200{BodyLength},", count)), codes);
        Assert.Equal((1, count), await link.Run(() => (responder.Connections, responder.Requests)));
        var text = string.Join(' ', "-s -o /dev/null --parallel --parallel-immediate --parallel-max 20", "--no-keepalive -H \"Connection: close\"");
        codes = await Run(link, "curl", $"{text} -w %{{http_code}}%{{size_download}}, {url}/[1-{count}]");
        Assert.Equal(string.Concat(Enumerable.Repeat($"200{BodyLength},", count)), codes);
        Assert.Equal((1 + count, 2 * count), await link.Run(() => (responder.Connections, responder.Requests)));
    }

    [Theory]
    [InlineData("tun", false)]
    [InlineData("tun", true)]
    [InlineData("packet", false)]
    [InlineData("packet", true)]
    [InlineData("xdp", false)]
    [InlineData("xdp", true)]
    public async Task Wrk_meets_no_error(string kind, bool isConnectionPerRequest)
    {
        var link = Open(new() { Kind = kind });
        var responder = link.Own(new HttpResponder(link.Arena, Noise.Bytes.AsSpan(0, BodyLength)));
        var url = UrlOf(await link.Listen(responder));
        var header = isConnectionPerRequest ? "-H \"Connection: close\" " : "";
        var output = await Run(link, "wrk", $"-t1 -c64 -d2s {header}{url}/");
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.DoesNotContain("Socket errors", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", output, StringComparison.Ordinal);
        var requests = int.Parse(RequestsLine().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        var (connections, served) = await link.Run(() => (responder.Connections, responder.Requests));
        Assert.InRange(served, Math.Max(requests, 2000), requests + 64);

        // One to try whether there is a server, and 64 at a time.
        var fewest = isConnectionPerRequest ? served : 64;
        Assert.InRange(connections, fewest, fewest + 65);
    }

    [GeneratedRegex("([0-9]+) requests in")]
    private static partial Regex RequestsLine();

    private static string UrlOf(IPEndPoint endPoint) => $"http://{endPoint}";

    private static Task<string> Run(InteropLink link, string program, string arguments)
    {
        Requirement.Program(program, program);
        return KernelEnd.OnThread(() => link.KernelSpace.Execute(program, arguments));
    }
}
