`include "pim_assert.svh"
// The Controller's ALU: takes command descriptors (pim_alu of abi/pim_abi.h), streams operands from Controller memory,
// computes, streams the results back. One command at a time.
//   Streams: a request names address and bytes; then follow ceil(bytes / (4 StreamLanes)) beats, byte 0 of the stream in
//   the lowest byte of the first, whatever its address; bytes beyond the stream are zero (writes) or ignored (reads).
//   Every handshake is valid and ready, valid waits for nothing and stays until taken.
//   computing_o: the phases between the streams, whose length docs/timing.md fixes; that of ADD_RMSNORM goes on while its
//   sum leaves.
module pim_alu #(
    parameter int Lanes = 64,        // elements a pass takes in a cycle
    parameter int StreamLanes = 32,  // 32-bit elements of a beat; 16 or 32, divides Lanes
    parameter int ChunkIndexBits = 9  // the row buffers hold 2^ChunkIndexBits * StreamLanes elements
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic                      command_valid_i,
    output logic                      command_ready_o,
    input  logic [            1023:0] command_i,
    output logic                      done_o,
    output logic                      computing_o,
    output logic                      request_valid_o,
    input  logic                      request_ready_i,
    output logic                      request_write_o,
    output logic [              31:0] request_address_o,
    output logic [              31:0] request_bytes_o,
    input  logic                      read_valid_i,
    output logic                      read_ready_o,
    input  logic [32*StreamLanes-1:0] read_data_i,
    output logic                      write_valid_o,
    input  logic                      write_ready_i,
    output logic [32*StreamLanes-1:0] write_data_o
);
`include "pim_abi.svh"
  `PIM_REQUIRE(StreamLanes == 16 || StreamLanes == 32, "pim_alu: StreamLanes: expected 16 or 32")
  `PIM_REQUIRE(Lanes == 2 * StreamLanes || Lanes == 4 * StreamLanes, "pim_alu: Lanes: expected 2 or 4 times StreamLanes")
  `PIM_REQUIRE(ChunkIndexBits >= 4 && ChunkIndexBits <= 10, "pim_alu: ChunkIndexBits: expected 4 to 10")
  localparam int Banks = Lanes / StreamLanes;
  localparam int BankBits = $clog2(Banks);
  localparam int AddressBits = ChunkIndexBits - BankBits;
  localparam int HeadIndexBits = 8;
  localparam int BeatBytes = 4 * StreamLanes;
  localparam int CountBits = $clog2(2 * BeatBytes + 1);
  localparam int ChunkBits = 32 * StreamLanes;

  // ---- The command, kept for its duration
  logic busy, start_q;
  logic [1023:0] command_q;
  assign command_ready_o = !busy && !start_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      start_q   <= 1'b0;
      command_q <= '0;
    end else begin
      start_q <= command_valid_i && command_ready_o;
      if (command_valid_i && command_ready_o) command_q <= command_i;
    end
  end

  logic [7:0] opcode;
  logic is_record, is_query, is_head, softmax, is_norm;
  logic [4:0] bits, kv_bits;
  logic [1:0] group;
  logic [31:0] count;
  assign opcode    = command_q[7:0];
  assign is_norm   = opcode == OpRmsnorm || opcode == OpAddRmsnorm;
  assign is_record = is_norm || opcode == OpQuant || opcode == OpSiluMul;
  assign is_query  = opcode == OpRopeQ;
  assign is_head   = is_query || opcode == OpRopeK || opcode == OpKvV;
  assign softmax   = opcode == OpAluSoftmax;
  assign count     = command_q[CmdAluCount+:32];
  assign kv_bits   = is_query ? 5'd0 : command_q[CmdAluKvBits+:5];
  assign bits      = is_query ? 5'd16 : is_head ? kv_bits : command_q[CmdAluActivationBits+:5];
  assign group     = command_q[CmdAluGroup+7] ? 2'd2 : command_q[CmdAluGroup+6] ? 2'd1 : 2'd0;

  // ---- Sequencer
  logic reading, writing, beat, row_start, job_start, job_add, job_ready, drained;
  logic norm, share, pass, reciprocal_start, scalar_done, pass_done, emit, sum_leaves;
  logic [1:0] job_kind;
  logic [31:0] stream_left, job_bytes, job_first_part, job_part, word, length, position;
  logic [17:0] shift, shared;
  logic settle, next_pass, weighs, draws, settled, drawn, sample_idle;
  pim_alu_sequencer #(
      .Lanes      (Lanes),
      .StreamLanes(StreamLanes)
  ) u_sequencer (
      .clk_i            (clk_i),
      .rst_ni           (rst_ni),
      .command_i        (command_q),
      .start_i          (start_q),
      .busy_o           (busy),
      .computing_o      (computing_o),
      .done_o           (done_o),
      .request_valid_o  (request_valid_o),
      .request_ready_i  (request_ready_i),
      .request_write_o  (request_write_o),
      .request_address_o(request_address_o),
      .request_bytes_o  (request_bytes_o),
      .reading_o        (reading),
      .writing_o        (writing),
      .stream_left_o    (stream_left),
      .beat_i           (beat),
      .row_start_o      (row_start),
      .job_start_o      (job_start),
      .job_kind_o       (job_kind),
      .job_bytes_o      (job_bytes),
      .job_first_part_o (job_first_part),
      .job_part_o       (job_part),
      .job_add_o        (job_add),
      .job_ready_i      (job_ready),
      .drained_i        (drained && sample_idle),
      .word_i           (word),
      .norm_o           (norm),
      .share_o          (share),
      .pass_o           (pass),
      .reciprocal_o     (reciprocal_start),
      .scalar_done_i    (scalar_done),
      .share_i          (shared),
      .pass_done_i      (pass_done),
      .settle_o         (settle),
      .next_pass_o      (next_pass),
      .weighs_i         (weighs),
      .draws_i          (draws),
      .settled_i        (settled),
      .drawn_i          (drawn),
      .emit_o           (emit),
      .sum_o            (sum_leaves),
      .length_o         (length),
      .position_o       (position),
      .shift_o          (shift)
  );

  // ---- Port: beats of the stream, packed and unpacked
  logic [CountBits-1:0] beat_bytes, in_level, in_pop, out_level, out_push;
  logic [ChunkBits-1:0] in_data, out_data, out_push_data, beat_mask;
  logic in_ready, out_ready;
  assign beat_bytes    = stream_left < 32'(BeatBytes) ? CountBits'(stream_left) : CountBits'(BeatBytes);
  assign beat_mask     = ~({ChunkBits{1'b1}} << {beat_bytes, 3'b000});
  assign read_ready_o  = reading && in_ready;
  assign write_valid_o = writing && out_level >= beat_bytes;
  assign write_data_o  = out_data & beat_mask;
  assign beat          = (read_valid_i && read_ready_o) || (write_valid_o && write_ready_i);
  pim_gearbox #(
      .Width(BeatBytes)
  ) u_in (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .push_ready_o(in_ready),
      .push_bytes_i(read_valid_i && read_ready_o ? beat_bytes : '0),
      .push_data_i (read_data_i & beat_mask),
      .level_o     (in_level),
      .pop_bytes_i (in_pop),
      .data_o      (in_data)
  );
  pim_gearbox #(
      .Width(BeatBytes)
  ) u_out (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .push_ready_o(out_ready),
      .push_bytes_i(out_push),
      .push_data_i (out_push_data),
      .level_o     (out_level),
      .pop_bytes_i (write_valid_o && write_ready_i ? beat_bytes : '0),
      .data_o      (out_data)
  );

  // ---- Way in
  logic front_read, front_a_write, front_b_write, measure, measure_part_last;
  logic [ChunkIndexBits-1:0] front_a_chunk, front_b_chunk, front_write_chunk, measure_chunk;
  logic [7:0] measure_part;
  logic [ChunkBits-1:0] a_chunk, b_chunk, front_data, measure_data;
  logic [79:0] squares;
  logic [31:0] highest, highest_index;
  logic main_chunk;
  logic [CountBits-1:0] main_bytes;
  logic [ChunkBits-1:0] main_data;
  pim_alu_front #(
      .StreamLanes   (StreamLanes),
      .ChunkIndexBits(ChunkIndexBits),
      .CountBits     (CountBits)
  ) u_front (
      .clk_i              (clk_i),
      .rst_ni             (rst_ni),
      .opcode_i           (opcode),
      .position_i         (position),
      .row_start_i        (row_start),
      .job_start_i        (job_start),
      .job_kind_i         (job_kind),
      .job_bytes_i        (job_bytes),
      .job_first_part_i   (job_first_part),
      .job_part_i         (job_part),
      .job_add_i          (job_add),
      .job_ready_o        (job_ready),
      .drained_o          (drained),
      .level_i            (in_level),
      .data_i             (in_data),
      .pop_bytes_o        (in_pop),
      .read_o             (front_read),
      .a_read_chunk_o     (front_a_chunk),
      .b_read_chunk_o     (front_b_chunk),
      .a_chunk_i          (a_chunk),
      .b_chunk_i          (b_chunk),
      .a_write_o          (front_a_write),
      .b_write_o          (front_b_write),
      .write_chunk_o      (front_write_chunk),
      .write_data_o       (front_data),
      .measure_o          (measure),
      .measure_chunk_o    (measure_chunk),
      .measure_part_o     (measure_part),
      .measure_part_last_o(measure_part_last),
      .measure_data_o     (measure_data),
      .main_o             (main_chunk),
      .main_bytes_o       (main_bytes),
      .main_data_o        (main_data),
      .word_o             (word),
      .squares_o          (squares),
      .highest_o          (highest),
      .highest_index_o    (highest_index)
  );

  // ---- Between: serial arithmetic and the pass
  logic [48:0] inverse;
  logic [31:0] reciprocal;
  logic [32:0] sum;
  logic edge_start;
  logic [45:0] lacking;
  logic [28:0] edge_weight;
  logic [17:0] at_edge;
  pim_alu_scalar u_scalar (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .norm_i      (norm),
      .squares_i   (squares),
      .eps_i       (command_q[CmdAluConstant+:32]),
      .count_i     (count[16:0]),
      .inverse_o   (inverse),
      .softmax_i   (reciprocal_start),
      .sum_i       (sum),
      .reciprocal_o(reciprocal),
      .share_i     (share),
      .tokens_i    (command_q[CmdAluPosition+:18]),
      .segments_i  (command_q[CmdAluSegments+:8]),
      .share_o     (shared),
      .edge_i      (edge_start),
      .lacking_i   (lacking),
      .weight_i    (edge_weight),
      .at_edge_o   (at_edge),
      .done_o      (scalar_done)
  );
  logic pass_read, pass_write;
  logic [AddressBits-1:0] pass_read_address, pass_write_address;
  logic [Banks*ChunkBits-1:0] a_row, b_row, pass_data;
  pim_alu_pass #(
      .Lanes      (Lanes),
      .AddressBits(AddressBits)
  ) u_pass (
      .clk_i          (clk_i),
      .rst_ni         (rst_ni),
      .start_i        (pass),
      .softmax_i      (softmax),
      .elements_i     (softmax ? length : count),
      .inverse_i      (inverse),
      .highest_i      (highest),
      .read_o         (pass_read),
      .read_address_o (pass_read_address),
      .x_i            (a_row),
      .gain_i         (b_row),
      .write_o        (pass_write),
      .write_address_o(pass_write_address),
      .write_data_o   (pass_data),
      .sum_o          (sum),
      .done_o         (pass_done)
  );

  // ---- Tokens drawn
  logic [31:0] sampled;
  pim_sample #(
      .StreamLanes(StreamLanes)
  ) u_sample (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .start_i     (row_start),
      .settle_i    (settle),
      .next_i      (next_pass),
      .weighs_o    (weighs),
      .draws_o     (draws),
      .idle_o      (sample_idle),
      .settled_o   (settled),
      .multiplier_i(command_q[CmdAluMultiplier+:16]),
      .shift_i     (command_q[CmdAluMultiplierShift+:6]),
      .top_p_i     (command_q[CmdAluTopP+:17]),
      .random_i    (command_q[CmdAluSrc3+:32]),
      .chunk_i     (main_chunk && opcode == OpSample),
      .elements_i  (main_bytes[CountBits-2:2]),
      .logits_i    (main_data),
      .highest_i   (highest),
      .divide_o    (edge_start),
      .lacking_o   (lacking),
      .weight_o    (edge_weight),
      .divided_i   (scalar_done),
      .at_edge_i   (at_edge),
      .drawn_o     (drawn),
      .index_o     (sampled)
  );

  // ---- Way out
  logic emitter_read, emitter_idle;
  logic [ChunkIndexBits-1:0] emitter_a_chunk, emitter_b_chunk, scale_chunk, last_chunk;
  logic [HeadIndexBits-1:0] scale_head;
  logic [4:0] low, group_exponent, head_exponent;
  logic [3:0] head_zero;
  logic [7:0] head_meta;
  assign last_chunk = ChunkIndexBits'((count - 1) / StreamLanes);
  pim_alu_emitter #(
      .StreamLanes   (StreamLanes),
      .ChunkIndexBits(ChunkIndexBits),
      .HeadIndexBits (HeadIndexBits),
      .CountBits     (CountBits)
  ) u_emitter (
      .clk_i            (clk_i),
      .rst_ni           (rst_ni),
      .start_i          (emit),
      .opcode_i         (sum_leaves ? OpAdd : opcode),
      .is_record_i      (is_record && !sum_leaves),
      .is_head_i        (is_head),
      .bits_i           (bits),
      .elements_i       (softmax ? length : opcode == OpArgmax || opcode == OpSample ? 32'd1 : count),
      .parts_i          (command_q[CmdColumnParts+:8] == 8'd0 ? 8'd1 : command_q[CmdColumnParts+:8]),
      .part_elements_i  (command_q[CmdAluPartCount+:32]),
      .tile_elements_i  (command_q[CmdAluTileCount+:32]),
      .group_i          (group),
      .last_chunk_i     (last_chunk),
      .blocks_i         (command_q[CmdAluBlocks+:32]),
      .heads_per_block_i(is_query ? command_q[CmdAluHeadsPerGroup+:8] : 8'd1),
      .head_elements_i  (command_q[CmdAluHeadDim+:16]),
      .weight_zeros_i   (command_q[CmdAluZeroBits+:8] != 8'd0),
      .shift_i          (shift),
      .reciprocal_i     (reciprocal),
      .index_i          (opcode == OpSample ? sampled : highest_index),
      .idle_o           (emitter_idle),
      .read_o           (emitter_read),
      .a_chunk_o        (emitter_a_chunk),
      .b_chunk_o        (emitter_b_chunk),
      .scale_chunk_o    (scale_chunk),
      .scale_head_o     (scale_head),
      .a_chunk_i        (a_chunk),
      .b_chunk_i        (b_chunk),
      .low_i            (low),
      .group_exponent_i (group_exponent),
      .head_exponent_i  (head_exponent),
      .head_zero_i      (head_zero),
      .head_meta_i      (head_meta),
      .push_ready_i     (out_ready),
      .push_bytes_o     (out_push),
      .push_data_o      (out_push_data)
  );
  pim_alu_scales #(
      .StreamLanes   (StreamLanes),
      .Banks         (Banks),
      .ChunkIndexBits(ChunkIndexBits),
      .HeadIndexBits (HeadIndexBits)
  ) u_scales (
      .clk_i              (clk_i),
      .rst_ni             (rst_ni),
      .row_start_i        (row_start),
      .eight_bits_i       (command_q[CmdAluActivationBits+:8] == 8'd8),
      .kv_bits_i          (kv_bits),
      .measure_i          (measure && !is_norm),
      .measure_chunk_i    (measure_chunk),
      .measure_part_i     (measure_part),
      .measure_part_last_i(measure_part_last),
      .measure_data_i     (measure_data),
      .pass_i             (pass_write && !softmax),
      .pass_chunk_i       ({pass_write_address, {BankBits{1'b0}}}),
      .pass_data_i        (pass_data),
      .read_i             (emitter_read),
      .read_chunk_i       (scale_chunk),
      .read_head_i        (scale_head),
      .chunks_i           (last_chunk),
      .group_i            (group),
      .low_o              (low),
      .group_exponent_o   (group_exponent),
      .head_exponent_o    (head_exponent),
      .head_zero_o        (head_zero),
      .head_meta_o        (head_meta)
  );

  // ---- Row buffers: the row itself, and its second operand (gains, frequencies, scales of weights)
  logic read;
  logic [ChunkIndexBits-1:0] a_index, b_index, pass_index;
  assign read       = front_read || pass_read || emitter_read;
  assign pass_index = {pass_read_address, {BankBits{1'b0}}};
  assign a_index    = front_read ? front_a_chunk : pass_read ? pass_index : emitter_a_chunk;
  assign b_index    = front_read ? front_b_chunk : pass_read ? pass_index : emitter_b_chunk;
  pim_row_buffer #(
      .Banks         (Banks),
      .ChunkBits     (ChunkBits),
      .ChunkIndexBits(ChunkIndexBits)
  ) u_a (
      .clk_i        (clk_i),
      .write_chunk_i(front_a_write),
      .write_row_i  (pass_write),
      .write_index_i(pass_write ? {pass_write_address, {BankBits{1'b0}}} : front_write_chunk),
      .chunk_i      (front_data),
      .row_i        (pass_data),
      .read_i       (read),
      .read_index_i (a_index),
      .chunk_o      (a_chunk),
      .row_o        (a_row)
  );
  pim_row_buffer #(
      .Banks         (Banks),
      .ChunkBits     (ChunkBits),
      .ChunkIndexBits(ChunkIndexBits)
  ) u_b (
      .clk_i        (clk_i),
      .write_chunk_i(front_b_write),
      .write_row_i  (1'b0),
      .write_index_i(front_write_chunk),
      .chunk_i      (front_data),
      .row_i        ({(Banks * ChunkBits) {1'b0}}),
      .read_i       (read),
      .read_index_i (b_index),
      .chunk_o      (b_chunk),
      .row_o        (b_row)
  );

`ifdef PIM_ASSERTIONS
  assume property (@(posedge clk_i) disable iff (!rst_ni)
                   command_valid_i && !command_ready_o |=> command_valid_i && $stable(command_i));
  assume property (@(posedge clk_i) disable iff (!rst_ni)
                   read_valid_i && !read_ready_o |=> read_valid_i && $stable(read_data_i));
  assert property (@(posedge clk_i) disable iff (!rst_ni) beat |-> beat_bytes != '0 && beat_bytes <= CountBits'(BeatBytes));
  // Records go out aligned, and nothing is asked for that is empty.
  assert property (@(posedge clk_i) disable iff (!rst_ni) request_valid_o |-> request_bytes_o != '0);
  assert property (@(posedge clk_i) disable iff (!rst_ni) $onehot0({norm, share, reciprocal_start, edge_start}));
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   write_valid_o && !write_ready_i |=> write_valid_o && $stable(write_data_o));
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   done_o |-> emitter_idle && drained && in_level == '0 && out_level == '0);
  assert property (@(posedge clk_i) disable iff (!rst_ni) 32'(front_read) + 32'(pass_read) + 32'(emitter_read) <= 1);
  assert property (@(posedge clk_i) disable iff (!rst_ni) !(pass_write && front_a_write));
`endif
endmodule
