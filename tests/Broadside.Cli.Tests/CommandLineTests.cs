using System.Net;
using System.Net.Sockets;
using Broadside.Cli.Serving;
using Broadside.IoUring;
using Microsoft.Extensions.Logging;

namespace Broadside.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Serve_listens_on_loopback_with_the_relays_limits_by_default()
    {
        var settings = Parse("");
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 6379)], settings.Relay.EndPoints);
        Assert.Equal("auto", settings.Backend);
        Assert.Null(settings.IoUring);
        Assert.Equal(Environment.ProcessorCount, settings.Channels);
        Assert.False(settings.PinThreads);
        Assert.Equal(1L << 30, settings.Memory.Bytes);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.DrainTimeout.Value);
        Assert.Equal(LogLevel.Information, settings.LogLevel);
        Assert.Equal(new Relay.RelayOptions { EndPoints = settings.Relay.EndPoints }, settings.Relay);
    }

    [Fact]
    public void Serve_takes_every_option()
    {
        var settings = Parse(
            "--bind ::1 --bind localhost --port 7000 --backend sockets --channels 3 --pin --password secret --insecure --slow-member wait " +
            "--max-lag 1MiB --max-record 64KiB --max-connections 10 --idle-timeout 5m --memory 32MiB --drain-timeout 250ms --log-level debug");
        Assert.Equal([new IPEndPoint(IPAddress.IPv6Loopback, 7000), new IPEndPoint(IPAddress.Loopback, 7000)], settings.Relay.EndPoints);
        Assert.Equal("sockets", settings.Backend);
        Assert.Equal(3, settings.Channels);
        Assert.True(settings.PinThreads);
        Assert.Equal("secret", settings.Relay.Password);
        Assert.True(settings.Relay.Insecure);
        Assert.Equal(SlowMemberPolicy.Wait, settings.Relay.SlowMembers);
        Assert.Equal(1 << 20, settings.Relay.MaximumLag);
        Assert.Equal(64 << 10, settings.Relay.MaximumRecord);
        Assert.Equal(10, settings.Relay.MaximumConnections);
        Assert.Equal(TimeSpan.FromMinutes(5), settings.Relay.IdleTimeout);
        Assert.Equal(32 << 20, settings.Memory.Bytes);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.DrainTimeout.Value);
        Assert.Equal(LogLevel.Debug, settings.LogLevel);
    }

    [Theory]
    [InlineData("copy", LargeRecordStrategy.Copy, ZeroCopyPolicy.Throughput)]
    [InlineData("zerocopy", LargeRecordStrategy.ZeroCopy, ZeroCopyPolicy.Memory)]
    [InlineData("file", LargeRecordStrategy.File, ZeroCopyPolicy.Throughput)]
    public void How_large_records_are_sent_calls_for_io_uring(string word, LargeRecordStrategy strategy, ZeroCopyPolicy policy)
    {
        var settings = Parse("--large-records " + word);
        Assert.Equal("iouring", settings.Backend);
        Assert.Equal(new IoUringOptions { LargeRecords = strategy, ZeroCopy = policy }, settings.IoUring);
    }

    [Fact]
    public void The_network_stack_has_a_device_addresses_and_a_gateway()
    {
        var settings = Parse("--backend netstack --device xdp:veth0:1 --address 10.9.0.2/24 --address fd09::2/64 --gateway 10.9.0.1 --port 7000");
        Assert.Equal("netstack", settings.Backend);
        Assert.Equal("xdp:veth0:1", settings.NetStack!.Device);
        Assert.Equal(["10.9.0.2/24", "fd09::2/64"], settings.NetStack.Addresses.Select(address => address.ToString()));
        Assert.Equal(IPAddress.Parse("10.9.0.1"), settings.NetStack.Gateway);

        // It listens there, on one channel.
        Assert.Equal([IPEndPoint.Parse("10.9.0.2:7000"), IPEndPoint.Parse("[fd09::2]:7000")], settings.Relay.EndPoints);
        Assert.Equal(1, settings.Channels);
        Assert.Equal(2, Parse("--backend netstack --device xdp:veth0 --address 10.9.0.2/24 --channels 2").Channels);
    }

    [Fact]
    public void A_password_is_the_first_line_of_its_file()
    {
        using var file = new TemporaryFile("secret word\nmore\n");
        Assert.Equal("secret word", Parse($"--password-file {file.Path}").Relay.Password);
    }

    [Theory]
    [InlineData("", "Required command")]
    [InlineData("serves", "serves")]
    [InlineData("serve --nonsense", "--nonsense")]
    [InlineData("serve --max-lag 5XB", "--max-lag wants a size, such as 4096, 64KiB, 8MiB or 1GiB, not '5XB'.")]
    [InlineData("serve --idle-timeout 5", "--idle-timeout wants a time, such as 0, 250ms, 5s, 10m or 1h, not '5'.")]
    [InlineData("serve --port 65536", "--port wants a whole number from 0 to 65535, not '65536'.")]
    [InlineData("serve --channels 0", "--channels wants a whole number from 1 to 1024, not '0'.")]
    [InlineData("serve --bind nowhere", "--bind wants an IP address")]
    [InlineData("serve --slow-member panic", "drop-oldest")]
    [InlineData("serve --password a --password-file b", "not both")]
    [InlineData("serve --backend nonsense --port 0", "There is no backend 'nonsense'")]
    [InlineData("serve --backend sockets --large-records file --port 0", "--large-records is for the backend iouring")]
    [InlineData("serve --large-records mmap", "zerocopy")]
    [InlineData("serve --backend netstack", "netstack wants a device and an address of its own")]
    [InlineData("serve --backend netstack --device tun:bs0", "give the stack an address of its own")]
    [InlineData("serve --backend netstack --device xdp:none0", "there is no interface none0")]
    [InlineData("serve --backend netstack --address 10.9.0.2/24", "netstack wants a device and an address of its own")]
    [InlineData("serve --device tun:bs0", "--device, --address and --gateway are for --backend netstack.")]
    [InlineData("serve --backend sockets --address 10.9.0.2/24", "--device, --address and --gateway are for --backend netstack.")]
    [InlineData("serve --backend iouring --gateway 10.9.0.1", "--device, --address and --gateway are for --backend netstack.")]
    [InlineData("serve --backend netstack --device tun:bs0 --address 10.9.0.2", "such as 10.9.0.2/24, not '10.9.0.2'.")]
    [InlineData("serve --backend netstack --device tun:bs0 --address 10.9.0.2/33", "such as 10.9.0.2/24, not '10.9.0.2/33'.")]
    [InlineData("serve --backend netstack --device tun:bs0 --address nowhere/24", "such as 10.9.0.2/24, not 'nowhere/24'.")]
    [InlineData("serve --backend netstack --device tun:bs0 --address 10.9.0.2/24 --gateway nowhere", "--gateway wants an IP address")]
    [InlineData("serve --backend netstack --device bs0 --address 10.9.0.2/24 --log-level none", "'bs0' names no device")]
    [InlineData("serve --backend netstack --device dpdk:bs0 --address 10.9.0.2/24 --log-level none", "'dpdk' is no kind of device")]
    [InlineData("serve --backend netstack --device packet:nosuch --address 10.9.0.2/24 --log-level none", "packet:nosuch")]
    [InlineData("serve --backend netstack --device tun:bs0 --address 10.9.0.2/24 --large-records file", "--large-records is for the backend iouring")]
    [InlineData("serve --bind 0.0.0.0 --port 0 --log-level none", "set a password")]
    [InlineData("serve --port 0 --max-lag 1MiB --log-level none", "MaximumLag")]
    [InlineData("serve --max-record 2GiB", "--max-record")]
    [InlineData("publish a", "Give a MESSAGE or a --file")]
    [InlineData("publish a b --file c", "Give a MESSAGE or a --file")]
    [InlineData("publish a b --priority 8", "8")]
    [InlineData("subscribe", "CHANNEL")]
    public Task What_the_command_line_gets_wrong_is_said(string commandLine, string message) => FailsAsync(commandLine, ExitCodes.Usage, message);

    [Fact]
    public async Task An_empty_password_is_not_taken_for_none()
    {
        using var errors = new StringWriter();
        Assert.Equal(ExitCodes.Usage, await BroadsideCommand.RunAsync(["serve", "--password", ""], TextWriter.Null, errors));
        Assert.Contains("The password is empty", errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("serve --help")]
    [InlineData("publish -h")]
    [InlineData("--version")]
    public async Task Help_is_no_failure(string commandLine)
    {
        var (exitCode, output, errors) = await RunAsync(commandLine);
        Assert.Equal((ExitCodes.Success, ""), (exitCode, errors));
        Assert.NotEmpty(output);
    }

    [Fact]
    public async Task A_port_in_use_has_an_exit_code_of_its_own()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await FailsAsync($"serve --log-level none --port {PortOf(listener)}", ExitCodes.CannotBind, "Cannot listen on 127.0.0.1");
    }

    [Theory]
    [InlineData("publish a b")]
    [InlineData("subscribe a")]
    public Task So_has_a_server_that_is_not_there(string command) => FailsAsync($"{command} --port 1", ExitCodes.CannotConnect, "Nothing listens on 127.0.0.1:1");

    [Fact]
    public async Task A_server_of_another_protocol_is_recognised()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var failing = FailsAsync($"publish a b --port {PortOf(listener)}", ExitCodes.Failure, "not RESP");
        using var client = await listener.AcceptTcpClientAsync();
        await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        await failing;
    }

    [Fact]
    public async Task A_server_that_hangs_up_or_never_answers_is_no_riddle()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var failing = FailsAsync($"publish a b --port {PortOf(listener)}", ExitCodes.Failure, "closed the connection");
        (await listener.AcceptTcpClientAsync()).Dispose();
        await failing;
        await FailsAsync($"publish a b --timeout 50ms --port {PortOf(listener)}", ExitCodes.Failure, "did not answer in time");
    }

    [Fact]
    public Task A_file_that_is_not_there_is_named() => FailsAsync("serve --password-file /nowhere/password", ExitCodes.Failure, "/nowhere/password");

    private static ServeSettings Parse(string options)
    {
        var command = new ServeCommand();
        var parsed = command.Parse(options);
        Assert.Empty(parsed.Errors);
        return command.Read(parsed);
    }

    private static async Task FailsAsync(string commandLine, int exitCode, string message)
    {
        var (actual, _, errors) = await RunAsync(commandLine);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, actual);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string commandLine)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await BroadsideCommand.RunAsync(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, errors);
        return (exitCode, output.ToString(), errors.ToString());
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
