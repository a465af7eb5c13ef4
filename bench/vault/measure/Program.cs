using System.Globalization;
using Holdfast.Bench.Vault;

if (args is ["child", .. var command]) return Cost.Child(command);
if (args is not [var root, var folder, var runs, var scale, .. var parts])
{
    Console.Error.WriteLine("Use bench/vault/run.");
    return 2;
}

new Comparison(root, folder, int.Parse(runs, CultureInfo.InvariantCulture), double.Parse(scale, CultureInfo.InvariantCulture)).Run(parts);
return 0;
