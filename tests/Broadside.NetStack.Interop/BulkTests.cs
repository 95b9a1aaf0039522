using System.Diagnostics;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Interop.Harness;

namespace Broadside.NetStack.Interop;

/// <summary>Much, in either direction, arrives as it was sent.</summary>
public sealed class BulkTests : InteropTest
{
    private const long MiB = 1024 * 1024;

    /// <summary>BROADSIDE_INTEROP_BYTES is the length of the long ones.</summary>
    private static readonly long Long =
        long.TryParse(Environment.GetEnvironmentVariable("BROADSIDE_INTEROP_BYTES"), out var bytes) ? bytes : 1024 * MiB;

    [Theory]
    [InlineData("tun", false)]
    [InlineData("tun", true)]
    [InlineData("packet", false)]
    [InlineData("packet", true)]
    [InlineData("xdp", false)]
    [InlineData("xdp", true)]
    public async Task The_kernel_sends_to_the_stack(string kind, bool isIPv6)
    {
        var link = Open(new() { Kind = kind });
        await ReceiveAsync(link, LengthFor(isIPv6), isIPv6);
    }

    [Theory]
    [InlineData("tun", false)]
    [InlineData("tun", true)]
    [InlineData("packet", false)]
    [InlineData("packet", true)]
    [InlineData("xdp", false)]
    [InlineData("xdp", true)]
    public async Task The_stack_sends_to_the_kernel(string kind, bool isIPv6)
    {
        var link = Open(new() { Kind = kind });
        await SendAsync(link, LengthFor(isIPv6), isIPv6);
    }

    [Theory]
    [InlineData("tun", false)]
    [InlineData("packet", false)]
    [InlineData("xdp", false)]
    [InlineData("xdp", true)]
    public async Task Both_send_at_once(string kind, bool isIPv6)
    {
        var link = Open(new() { Kind = kind });
        await ExchangeAsync(link, 64 * MiB, isIPv6);
    }

    /// <summary>Each direction of a path that loses, doubles, changes and reorders packets.</summary>
    [Theory]
    [InlineData("tun", false)]
    [InlineData("packet", false)]
    [InlineData("xdp", false)]
    [InlineData("xdp", true)]
    public async Task A_bad_path_changes_nothing(string kind, bool isIPv6)
    {
        var faults = new FaultOptions { Loss = 0.01, Duplication = 0.01, Corruption = 0.001, Reordering = 0.01 };
        var link = Open(new() { Kind = kind, Faults = faults });
        await SendAsync(link, 16 * MiB, isIPv6);
        await ReceiveAsync(link, 16 * MiB, isIPv6);
        Assert.True(link.Faults!.OutgoingCounters.Lost > 0 && link.Faults.IncomingCounters.Lost > 0);
    }

    [Theory]
    [InlineData("net.ipv4.tcp_ecn=1")]
    [InlineData("net.ipv4.tcp_sack=0")]
    [InlineData("net.ipv4.tcp_timestamps=0")]
    [InlineData("net.ipv4.tcp_window_scaling=0")]
    [InlineData("net.ipv4.tcp_sack=0 net.ipv4.tcp_timestamps=0 net.ipv4.tcp_window_scaling=0")]
    [InlineData("net.ipv4.tcp_congestion_control=reno")]
    public async Task The_kernel_may_do_without(string sysctl)
    {
        var faults = new FaultOptions { Loss = 0.001, Reordering = 0.001 };
        var link = Open(new() { Kind = "xdp", Sysctl = sysctl, Faults = faults });
        await SendAsync(link, 8 * MiB, isIPv6: false);
        await ReceiveAsync(link, 8 * MiB, isIPv6: false);
    }

    /// <summary>RFC 3168: where both ask for it, the stack's segments say that they may be marked.</summary>
    [Theory]
    [InlineData("tun")]
    [InlineData("packet")]
    [InlineData("xdp")]
    public async Task Congestion_may_be_told_by_marks(string kind)
    {
        var link = Open(new() { Kind = kind, Sysctl = "net.ipv4.tcp_ecn=1" });
        await ExchangeAsync(link, 8 * MiB, isIPv6: false);
        Assert.NotEqual(0, link.CountCapable());
    }

    /// <summary>The kernel's algorithms see the stack's acknowledgments, not ours.</summary>
    [Theory]
    [InlineData("reno")]
    [InlineData("cubic")]
    [InlineData("bbr")]
    public async Task Whatever_congestion_control_the_kernel_has(string algorithm)
    {
        var faults = new FaultOptions { Loss = 0.001, Reordering = 0.001, Delay = TimeSpan.FromMilliseconds(2) };
        var link = Open(new() { Kind = "xdp", Faults = faults });
        await ReceiveAsync(link, 8 * MiB, isIPv6: false, socket => SetCongestionControl(socket, algorithm));
    }

    [Theory]
    [InlineData("tun", 576, false)]
    [InlineData("packet", 576, false)]
    [InlineData("xdp", 576, false)]
    [InlineData("tun", 1280, true)]
    [InlineData("xdp", 1280, true)]
    [InlineData("tun", 9000, false)]
    [InlineData("packet", 9000, false)]
    [InlineData("xdp", 3000, false)]
    public async Task Packets_may_be_short_or_long(string kind, int unit, bool isIPv6)
    {
        var link = Open(new() { Kind = kind, MaximumTransmissionUnit = unit });
        await SendAsync(link, 16 * MiB, isIPv6);
        await ReceiveAsync(link, 16 * MiB, isIPv6);
    }

    /// <summary>The routers say that packets are too big for the link between them (RFC 1191, RFC 8201).</summary>
    [Theory]
    [InlineData("tun", false)]
    [InlineData("packet", true)]
    [InlineData("xdp", false)]
    [InlineData("xdp", true)]
    public async Task The_path_may_be_narrower_than_the_link(string kind, bool isIPv6)
    {
        var link = Open(new() { Kind = kind, NarrowUnit = 1300 });
        await SendAsync(link, 16 * MiB, isIPv6);
        await ReceiveAsync(link, 16 * MiB, isIPv6);
        Assert.NotEqual(0, link.CountTooBig(isIPv6));
    }

    private static long LengthFor(bool isIPv6) => isIPv6 ? Math.Min(Long, 64 * MiB) : Long;

    private static async Task SendAsync(InteropLink link, long length, bool isIPv6)
    {
        using var listener = link.KernelListen(isIPv6);
        var end = link.NewEnd(length);
        var accepting = KernelEnd.AcceptAsync(listener);
        await link.Connect(end, listener);
        using var socket = await accepting;
        var start = Stopwatch.GetTimestamp();
        await CheckAsync(end, KernelEnd.ExchangeAsync(socket, 0), sent: length, received: 0);
        Report("to the kernel", length, start);
    }

    private static void SetCongestionControl(Socket socket, string algorithm)
    {
        const int ProtocolTcp = 6;
        const int CongestionControl = 13;
        try
        {
            socket.SetRawSocketOption(ProtocolTcp, CongestionControl, System.Text.Encoding.ASCII.GetBytes(algorithm));
        }
        catch (SocketException)
        {
            Assert.Skip($"The kernel has no congestion control {algorithm}.");
        }
    }

    private static async Task ReceiveAsync(InteropLink link, long length, bool isIPv6, Action<Socket>? prepare = null)
    {
        var end = link.NewEnd();
        var endPoint = await link.Listen(end, isIPv6);
        using var socket = KernelEnd.Connect(link.KernelSpace, endPoint);
        prepare?.Invoke(socket);
        var start = Stopwatch.GetTimestamp();
        await CheckAsync(end, KernelEnd.ExchangeAsync(socket, length), sent: 0, received: length);
        Report("from the kernel", length, start);
    }

    private static async Task ExchangeAsync(InteropLink link, long length, bool isIPv6)
    {
        var end = link.NewEnd(length);
        var endPoint = await link.Listen(end, isIPv6);
        using var socket = KernelEnd.Connect(link.KernelSpace, endPoint);
        await CheckAsync(end, KernelEnd.ExchangeAsync(socket, length), sent: length, received: length);
    }

    private static async Task CheckAsync(StackEnd end, Task<Outcome> exchange, long sent, long received)
    {
        var kernels = await exchange;
        Assert.Equal((sent, Noise.HashOf(sent)), (kernels.Length, kernels.Hash));
        var ours = await end.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(new Outcome(received, Noise.HashOf(received)), ours);
    }

    private static void Report(string direction, long length, long start)
    {
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine($"{direction}: {length / MiB:N0} MiB in {seconds:N2} s, {length * 8 / seconds / 1e9:N2} Gbit/s");
    }
}
