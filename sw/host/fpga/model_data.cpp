#include "sw/host/fpga/model_data.h"

#include <cstring>

namespace pim::host::fpga {
namespace {

pim::fpga::MatrixData matrixData(const QuantizedMatrix& matrix) {
  pim::fpga::MatrixData data{matrix.rows, matrix.k, matrix.format, matrix.weightExponent, {}};
  const std::size_t rowBytes = matrix.rowBytes();
  data.bytes.resize(matrix.rows * rowBytes);
  std::vector<std::uint8_t> scratch(rowBytes);
  for (std::uint32_t row = 0; row < matrix.rows; ++row)
    std::memcpy(data.bytes.data() + row * rowBytes, matrix.source->row(row, scratch.data()), rowBytes);
  return data;
}

}  // namespace

pim::fpga::ModelData modelData(const QuantizedModel& model) {
  pim::fpga::ModelData data;
  data.shape = model.shape;
  data.embedding = matrixData(model.embedding);
  data.head = matrixData(model.head);
  for (const QuantizedLayer& layer : model.layers) {
    data.layers.push_back({matrixData(layer.q), matrixData(layer.k), matrixData(layer.v),
                           matrixData(layer.output), matrixData(layer.gate), matrixData(layer.up),
                           matrixData(layer.down), layer.attentionGain, layer.mlpGain});
  }
  data.finalGain = model.finalGain;
  data.ropeFrequencies = model.ropeFrequencies;
  data.epsilon = normEpsilon(model.shape);
  return data;
}

}  // namespace pim::host::fpga
