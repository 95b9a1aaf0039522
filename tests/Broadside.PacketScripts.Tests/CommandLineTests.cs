using Broadside.PacketScripts.Running;
using Broadside.PacketScripts.Shim;
using Broadside.PacketScripts.Tests.Running;

namespace Broadside.PacketScripts.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("broadside-scripts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_script_gets_a_line_and_all_a_summary()
    {
        var passing = Write("a/passing.pkt", "0 close(3) = -1 EBADF (Bad file descriptor)");
        var failing = Write("b/failing.pkt", "\n0 close(3) = 0");
        var skipped = Write("b/skipped.pkt", "0 %{ code }%");
        var wrong = Write("b/wrong.pkt", "0 nonsense");
        Write("b/no-script.txt", "");
        var (exitCode, output) = Run(_folder);
        Assert.Equal(
            [
                $"ok {passing}",
                $"FAIL {failing}: line 2: expected close(3) = 0, got -1 EBADF",
                $"SKIP {skipped}: line 1: a code block",
                $"FAIL {wrong}: line 1: column 11: expected '(', found the end of the script",
                "1 passed, 2 failed, 1 skipped",
            ],
            output);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void Nothing_failed_is_success()
    {
        var (exitCode, output) = Run(Write("passing.pkt", "0 close(3) = -1 EBADF (Bad file descriptor)"), Write("skipped.pkt", "0 %{ code }%"));
        Assert.Equal((0, "1 passed, 0 failed, 1 skipped"), (exitCode, output[^1]));
    }

    [Fact]
    public void Options_before_the_files_are_each_scripts_own()
    {
        var script = Write("script.pkt", "0 close(FD) = -1 EBADF (Bad file descriptor)");
        Assert.Equal($"ok {script}", Run("--ip_version=ipv6", "-D", "FD=9", "--strict", script).Output[0]);
        Assert.Equal($"SKIP {script}: line 1: close: FD is not known", Run(script).Output[0]);
    }

    [Fact]
    public void A_missing_file_fails() => Assert.Equal(1, Run(Path.Combine(_folder, "missing.pkt")).ExitCode);

    [Fact]
    public void No_file_is_wrong_usage() => Assert.Equal(2, Run().ExitCode);

    [Fact]
    public void The_program_runs_scripts_against_the_stack()
    {
        var passing = Write("passing.pkt", "0 < S 0:0(0) win 65535\n+0 > R. 0:0(0) ack 1");
        var failing = Write("quiet.pkt", "0 < S 0:0(0) win 65535\n+0 > S. 0:0(0) ack 1");
        var (exitCode, output) = Run(StackUnderTest.Create, passing, failing);
        Assert.Equal($"ok {passing}", output[0]);
        Assert.StartsWith($"FAIL {failing}: line 2: expected > S. 0:0(0) ack 1, got > R. 0:0(0) ack 1", output[1], StringComparison.Ordinal);
        Assert.Equal((1, "1 passed, 1 failed, 0 skipped"), (exitCode, output[2]));
    }

    private static (int ExitCode, string[] Output) Run(params string[] arguments) => Run(settings => new FakeStack(settings), arguments);

    private static (int ExitCode, string[] Output) Run(Func<StackSettings, IStackUnderTest> factory, params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var exitCode = CommandLine.Run(arguments, output, TextWriter.Null, factory);
        return (exitCode, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
