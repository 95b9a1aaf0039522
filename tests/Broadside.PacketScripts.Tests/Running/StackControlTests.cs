using Broadside.PacketScripts.Running;

namespace Broadside.PacketScripts.Tests.Running;

public sealed class StackControlTests : RunnerTest
{
    [Fact]
    public void Commands_set_what_the_stack_has()
    {
        Assert.Equal("ok", Run(
            """
            `./defaults.sh
             sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0
             sysctl -w net.ipv4.tcp_rmem="4096 10000 $((20*1000))"
             ./set_sysctls.py /proc/sys/net/ipv4/tcp_congestion_control=reno /proc/sys/net/ipv4/tcp_min_tso_segs=4
             ip route change 192.0.2.0/24 dev tun0 initcwnd 4`
            0 `ls`
            """));
        var settings = Stack!.Settings;
        Assert.Equal((false, false, "reno", 4), (settings.Timestamps, settings.Sack, settings.CongestionControl, settings.InitialCongestionWindow));
        Assert.Equal(new BufferLimits(4096, 10_000, 20_000), settings.ReceiveBuffer);
        Assert.Equal(0, settings.Ecn);
    }

    [Fact]
    public void The_stacks_own_defaults_hold_where_a_script_says_nothing()
    {
        Assert.Equal("ok", Run("0 `true`"));
        Assert.Equal((null, null, null, 1500), (Stack!.Settings.Timestamps, Stack.Settings.Ecn, Stack.Settings.CongestionControl, Stack.Settings.MaximumTransmissionUnit));
    }

    [Theory]
    [InlineData("`sysctl -q net.ipv4.tcp_no_such_thing=1`\n0 `true`")]
    [InlineData("`sysctl -q net.ipv4.tcp_congestion_control=bbr`\n0 `true`")]
    [InlineData("`sysctl -q net.ipv4.tcp_ecn=3`\n0 `true`")]
    [InlineData("`sysctl -q net.ipv4.tcp_rmem=1`\n0 `true`")]
    [InlineData("`ip route add 192.0.2.1 via 192.168.0.2 dev tun0 advmss 600 mtu lock 640`\n0 `true`")]
    [InlineData("--no_such_option=1\n0 `true`")]
    [InlineData("0 `true`\n+0 `sysctl -q net.ipv4.tcp_sack=0`")]
    public void What_it_has_not_skips_the_script(string script) => Assert.StartsWith("Skipped: line ", Run(script), StringComparison.Ordinal);

    [Theory]
    [InlineData("--mtu=many\n0 `true`")]
    [InlineData("--local_ip=nowhere\n0 `true`")]
    [InlineData("--local_ip=::1\n0 `true`")]
    public void Options_with_impossible_values_fail(string script) => Assert.StartsWith("Failed: line 1: column 1: ", Run(script), StringComparison.Ordinal);

    [Fact]
    public void What_a_script_cleans_up_is_not_looked_at() =>
        Assert.Equal("ok", Run("0 `true`\n`sysctl -q net.ipv4.tcp_no_such_thing=1`"));
}
