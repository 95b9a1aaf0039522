using Broadside.Bench;
using Broadside.Bench.Workers;

return args is ["worker", .. var part] ? await Worker.RunAsync(part) : await BenchCommand.RunAsync(args);
