using System.Globalization;
using System.Text.Json;

namespace Broadside.Bench.Load;

/// <summary>What a load is told on its standard input, and answers.</summary>
internal static class LoadConsole
{
    /// <summary>Answers each line: <c>check</c>, <c>run SECONDS</c>, or <c>idle COUNT</c> to open that many more connections.</summary>
    public static async Task RunAsync(ClosedLoopLoad load, IdleConnections? idle = null)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(line.Split(' ') switch
            {
                ["check"] => Check(load),
                ["run", var seconds] => JsonSerializer.Serialize(load.Run(double.Parse(seconds, CultureInfo.InvariantCulture))),
                ["idle", var count] when idle is not null => Open(idle, count),
                _ => throw new ArgumentException("There is no such command: " + line),
            });
        }
    }

    private static string Check(ClosedLoopLoad load)
    {
        load.Check();
        return "checked";
    }

    private static string Open(IdleConnections idle, string count)
    {
        idle.Open(int.Parse(count, CultureInfo.InvariantCulture));
        return "opened";
    }
}
